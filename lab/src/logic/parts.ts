/** The modules of a course, under the titles of its parts. */
import type { ICourse, IPart, IStep } from '../api/shapes';
import { progressOf } from './path';
import type { ITrans } from './trans';

export interface IStretch {
  /** Null in a course that is not in parts. */
  part: IPart | null;
  steps: IStep[];
  /** The number of the first step in the whole course, from 1. */
  from: number;
}

/** All steps in their order, cut where another part begins; one stretch where there are no parts. */
export function stretchesOf(course: ICourse): IStretch[] {
  const found: IStretch[] = [];
  course.steps.forEach((step, index) => {
    const part = partOf(course, step.module);
    const last = found[found.length - 1];
    if (last?.part === part) {
      last.steps.push(step);
    } else {
      found.push({ part, steps: [step], from: index + 1 });
    }
  });
  return found;
}

/** The part that a module is in. */
export function partOf(course: ICourse, module: string): IPart | null {
  return course.parts.find(part => part.modules.includes(module)) ?? null;
}

/** In a few words, how far somebody is in it. */
export function sayHandedIn(steps: readonly IStep[], trans: ITrans): string {
  const { handedIn, modules } = progressOf(steps);
  return trans.__('%1 of %2 handed in', handedIn, modules);
}
