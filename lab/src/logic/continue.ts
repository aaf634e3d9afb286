/**
 * Where *Continue* leads.
 *
 *     the place that was left, in a module that is not finished
 *     else the first required prompt that is not committed, of the first module that was begun
 *     else the next module that is open
 *     else the place that was left, wherever it is
 *     else nowhere: all is done, or all that is left is locked
 */
import type { ICourse, IModule, IPlace, IStep } from '../api/shapes';
import { isDone, isUnfinished, standingOf } from './path';

export type Goal =
  | {
      kind: 'place' | 'prompt' | 'hand-in' | 'begin';
      step: IStep;
      cellId: string | null;
      prompt: string | null;
      /** The title of the prompt, where it is known. */
      title: string;
    }
  | { kind: 'nothing'; why: 'empty' | 'finished' | 'locked' };

/** The module whose prompts say more about the goal, if it is on this server. */
export function goalModule(course: ICourse): string | null {
  const step = placeIn(course, isUnfinished) ?? course.steps.find(isUnfinished);
  return step?.notebook ? step.module : null;
}

/** `module`: what is known about `goalModule`'s prompts; null while it is not known. */
export function goalOf(course: ICourse, module: IModule | null): Goal {
  const { steps, place } = course;
  const here = placeIn(course, isUnfinished);
  if (here && place) {
    return toPlace(here, place, module);
  }
  const begun = steps.find(isUnfinished);
  if (begun) {
    return toMissing(begun, module);
  }
  const next = steps.find(step => standingOf(step.state) === 'ahead');
  if (next) {
    return { kind: 'begin', step: next, cellId: null, prompt: null, title: '' };
  }
  const back = placeIn(course, step => standingOf(step.state) === 'handed-in');
  if (back && place && !steps.every(isDone)) {
    return toPlace(back, place, module);
  }
  return { kind: 'nothing', why: !steps.length ? 'empty' : steps.every(isDone) ? 'finished' : 'locked' };
}

function placeIn(course: ICourse, fits: (step: IStep) => boolean): IStep | undefined {
  return course.steps.find(step => step.module === course.place?.module && fits(step));
}

function toPlace(step: IStep, place: IPlace, module: IModule | null): Goal {
  const title = promptsOf(step, module).find(p => p.id === place.prompt)?.title ?? '';
  return { kind: 'place', step, cellId: place.cell_id || null, prompt: place.prompt, title };
}

function toMissing(step: IStep, module: IModule | null): Goal {
  const missing = promptsOf(step, module).find(p => p.required && !p.sealed);
  if (!missing) {
    const kind = step.committed >= step.required && standingOf(step.state) === 'begun' ? 'hand-in' : 'prompt';
    return { kind, step, cellId: null, prompt: null, title: '' };
  }
  return { kind: 'prompt', step, cellId: null, prompt: missing.id, title: missing.title };
}

function promptsOf(step: IStep, module: IModule | null): IModule['prompts'] {
  return module?.module === step.module ? module.prompts : [];
}
