/**
 * Where a prompt's block stands, and what its buttons do.
 *
 *     EDITING → (Commit) → ASKING → (Yes) → SEALING → SEALED → (Add a revision) → EDITING the revision → …
 *
 * “Not yet”, or one more change to the answer, leads from ASKING back. A refusal leads from SEALING back to EDITING.
 */
import type { IPrompt, Response } from '../api/shapes';
import { isEmpty, sameAnswer } from './answers';
import { sayRefusal } from './sentences';
import type { ITrans } from './trans';
import { countWords } from './words';

/** What the block itself knows; the rest is in the prompt. */
export type Stage = 'editing' | 'waiting' | 'asking' | 'sealing';

export type Phase = 'editing' | 'waiting' | 'asking' | 'sealing' | 'sealed';

export function phaseOf(prompt: Pick<IPrompt, 'sealed'>, revising: boolean, stage: Stage): Phase {
  return prompt.sealed !== null && !revising && stage !== 'sealing' ? 'sealed' : stage;
}

/**
 * Why it is not worth asking yet; null when it is. The server decides: its last word on what is saved counts while it
 * is about what is shown, and what cannot be told here is asked and decided there.
 */
export function whyNot(
  prompt: IPrompt,
  value: Response,
  options: { revising: boolean; heardAll: boolean },
  trans: ITrans
): string | null {
  if (options.revising && sameAnswer(value, prompt.sealed)) {
    return trans.__('This is still your sealed answer. Change it first, then commit the revision.');
  }
  if (options.heardAll || sameAnswer(value, prompt.response)) {
    return prompt.refusal && sayRefusal(prompt.refusal, trans);
  }
  if (isEmpty(value)) {
    return trans.__('“%1” is still empty. Write it, then commit.', prompt.title);
  }
  if (prompt.kind === 'reflection' && prompt.min_words) {
    const count = countWords(typeof value.text === 'string' ? value.text : '');
    if (count < prompt.min_words) {
      const short = trans._n('“%2” has %1 word so far.', '“%2” has %1 words so far.', count, prompt.title);
      return `${short} ${trans.__('Say a little more: at least %1 words, in any language.', prompt.min_words)}`;
    }
  }
  return null;
}

/** The line about what is on the disk. Not about a commitment: that has a line of its own. */
export function sayState(
  saved: 'nothing' | 'saving' | 'saved' | 'not-saved',
  unchangedRevision: boolean,
  revising: boolean,
  trans: ITrans
): string {
  if (saved === 'saving') {
    return trans.__('Saving …');
  }
  if (saved === 'not-saved') {
    return trans.__('Not saved.');
  }
  if (revising) {
    return unchangedRevision ? trans.__('Nothing changed yet.') : trans.__('Saved, not committed.');
  }
  return saved === 'saved' ? trans.__('Saved, not committed yet.') : trans.__('Nothing written yet.');
}
