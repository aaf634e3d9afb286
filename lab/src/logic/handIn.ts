/**
 * The way of a hand-in, without a page around it.
 *
 *     SAVING → ASKING → SENDING → DONE
 *                 ↘ MISSING ↗      a required prompt is empty: go there, or hand in as it is
 *     anywhere   → TROUBLE → again from SAVING
 *
 * Nobody answers while it is saved or sent: it is tried again until somebody does. Sending twice is harmless: the same
 * files get the same receipt.
 */
import type { IHandedIn, IPrompt, IStep } from '../api/shapes';
import type { ITrans } from './trans';

export interface IHandInState {
  required: number;
  /** Required prompts that are sealed, or could be. */
  answered: number;
  /** Required prompts without such an answer, in the notebook's order. */
  missing: string[];
  /** Prompts whose answers will be sealed by handing in. */
  unsealed: number;
}

type Asked = Pick<IPrompt, 'id' | 'required' | 'sealed' | 'response' | 'refusal'>;

/** How a module stands, as the server has read it last. */
export function handInState(prompts: readonly Asked[]): IHandInState {
  const isReady = (p: Asked): boolean => p.sealed === null && p.response !== null && p.refusal === null;
  const required = prompts.filter(p => p.required);
  const missing = required.filter(p => p.sealed === null && !isReady(p)).map(p => p.id);
  return {
    required: required.length,
    answered: required.length - missing.length,
    missing,
    unsealed: prompts.filter(isReady).length
  };
}

export interface ITrouble {
  code: string;
  /** Nobody answered, and nobody said why. */
  isSilent: boolean;
  prompts: string[];
}

export type HandInEnd =
  | { kind: 'done'; done: IHandedIn }
  | { kind: 'missing'; prompts: string[] }
  | { kind: 'trouble'; error: unknown; arrived: 'no' | 'unknown' }
  | { kind: 'left' };

export interface IHandInWork {
  /** Everything onto the disk, read back and compared. */
  save(): Promise<void>;
  send(): Promise<IHandedIn>;
  /** Resolves earlier when somebody leaves. */
  wait(ms: number): Promise<void>;
  hasLeft(): boolean;
  troubleOf(error: unknown): ITrouble;
  /** Nobody answers; it is tried again after so many milliseconds. */
  tell(pause: number): void;
}

export interface ISaveEnd {
  kind: 'saved' | 'left' | 'trouble';
  error?: unknown;
}

/** Save, and try again for as long as nobody answers. */
export async function saveUntilHeard(work: IHandInWork): Promise<ISaveEnd> {
  for (let n = 0; ; n++) {
    if (work.hasLeft()) {
      return { kind: 'left' };
    }
    try {
      await work.save();
      return { kind: 'saved' };
    } catch (error) {
      if (!work.troubleOf(error).isSilent) {
        return { kind: 'trouble', error };
      }
      await silence(work, n);
    }
  }
}

export async function sendUntilHeard(work: IHandInWork): Promise<HandInEnd> {
  let isSavedAgain = false;
  let arrived: 'no' | 'unknown' = 'no';
  for (let n = 0; ; n++) {
    if (work.hasLeft()) {
      return { kind: 'left' };
    }
    try {
      return { kind: 'done', done: await work.send() };
    } catch (error) {
      const trouble = work.troubleOf(error);
      if (trouble.isSilent) {
        // It may have been taken in, and only the answer was lost.
        arrived = 'unknown';
        await silence(work, n);
        continue;
      }
      if (trouble.code === 'prompts-missing') {
        return { kind: 'missing', prompts: trouble.prompts };
      }
      if (trouble.code !== 'not-as-shown' || isSavedAgain) {
        return { kind: 'trouble', error, arrived };
      }
      isSavedAgain = true;
      const saved = await saveUntilHeard(work);
      if (saved.kind !== 'saved') {
        return saved.kind === 'left' ? { kind: 'left' } : { kind: 'trouble', error: saved.error, arrived };
      }
    }
  }
}

async function silence(work: IHandInWork, n: number): Promise<void> {
  const pause = Math.min(1000 * 2 ** n, 10_000);
  work.tell(pause);
  await work.wait(pause);
}

/** The modules that cannot be opened, by their ids. */
export function shutModules(steps: readonly Pick<IStep, 'module' | 'state'>[]): string[] {
  return steps.filter(step => step.state === 'locked' || step.state === 'unreleased').map(step => step.module);
}

/** Those of them that can be opened by now. */
export function openedSince(shut: readonly string[], steps: readonly Pick<IStep, 'module' | 'state'>[]): string[] {
  const still = new Set(shutModules(steps));
  return steps.map(step => step.module).filter(module => shut.includes(module) && !still.has(module));
}

/** Whether the learner should be asked which one counts: an earlier one does, and this one could. */
export function mayCount(done: Pick<IHandedIn, 'counts' | 'standing'>): boolean {
  return !done.counts && done.standing !== 'after closing';
}

/** What is handed in, before it is. */
export function sayAnswered(state: IHandInState, trans: ITrans): string[] {
  const said =
    state.required === 0
      ? []
      : state.answered === state.required
        ? [trans._n('The one required prompt is answered.', 'All %1 required prompts are answered.', state.required)]
        : [
            trans._n(
              '%2 of %1 required prompt is answered.',
              '%2 of %1 required prompts are answered.',
              state.required,
              state.answered
            )
          ];
  if (state.unsealed) {
    said.push(
      trans._n(
        '%1 answer is not committed yet; handing in seals it. You can add a revision later, but not change it.',
        '%1 answers are not committed yet; handing in seals them. You can add revisions later, but not change them.',
        state.unsealed
      )
    );
  }
  return said;
}
