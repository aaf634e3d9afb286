/** How far somebody is, counted as the gate counts: required prompts that are committed, and modules handed in. */
import type { IPrompt, IStep, StepState } from '../api/shapes';

/** What the states have in common. */
export type Standing = 'closed' | 'ahead' | 'begun' | 'handed-in';

export function standingOf(state: StepState): Standing {
  switch (state) {
    case 'unreleased':
    case 'locked':
      return 'closed';
    case 'open':
      return 'ahead';
    case 'in progress':
      return 'begun';
    case 'submitted':
    case 'feedback ready':
      return 'handed-in';
  }
}

/** The gate asks for both: handed in, and nothing required left open. */
export function isDone(step: IStep): boolean {
  return standingOf(step.state) === 'handed-in' && step.committed >= step.required;
}

/** Something is to be done in it, and was begun: also what was handed in with required prompts still open. */
export function isUnfinished(step: IStep): boolean {
  const standing = standingOf(step.state);
  return standing === 'begun' || (standing === 'handed-in' && step.committed < step.required);
}

export interface IProgress {
  modules: number;
  handedIn: number;
  /** Of the required prompts that are known: a module that is not released has none yet. */
  committed: number;
  required: number;
  /** 0 to 1; 1 exactly when everything is done. */
  share: number;
}

export function progressOf(steps: readonly IStep[]): IProgress {
  const sum = (of: (step: IStep) => number): number => steps.reduce((all, step) => all + of(step), 0);
  return {
    modules: steps.length,
    handedIn: sum(step => (standingOf(step.state) === 'handed-in' ? 1 : 0)),
    committed: sum(step => Math.min(step.committed, step.required)),
    required: sum(step => step.required),
    share: steps.length ? sum(shareOf) / steps.length : 0
  };
}

/** Each required prompt is a stride, and handing in is one. */
function shareOf(step: IStep): number {
  const handedIn = standingOf(step.state) === 'handed-in' ? 1 : 0;
  return (Math.min(step.committed, step.required) + handedIn) / (step.required + 1);
}

/** The same of one open module, counted from its prompts. */
export function committedIn(prompts: readonly IPrompt[]): { committed: number; required: number } {
  const required = prompts.filter(prompt => prompt.required);
  return { committed: required.filter(prompt => prompt.sealed !== null).length, required: required.length };
}
