/** What the dialog of a hand-in shows, step by step; logic/handIn.ts draws the way between them. */
import type { IHandedIn, IPrompt } from '../api/shapes';
import type { IHandInState } from '../logic/handIn';

export type Step =
  | { kind: 'busy'; what: 'saving' | 'sending'; silent: boolean }
  | { kind: 'asking'; state: IHandInState }
  | { kind: 'missing'; prompts: IPrompt[] }
  /** `isSaid`: the sentence says itself what became of the work. */
  | { kind: 'trouble'; sentence: string; arrived: 'no' | 'unknown'; isSaid: boolean }
  | { kind: 'done'; done: IHandedIn };

/** What a press of a button asks for. */
export type Press = 'go-on' | 'leave' | 'as-it-is' | 'go-to' | 'again' | 'count-this' | 'open-next';

export interface IPressed {
  what: Press;
  /** The prompt to go to, where several are offered. */
  prompt?: string;
}
