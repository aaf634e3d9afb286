/** Counting words as coursekit.model.words does; tests/support/word_counts.json holds both to it. */
import type { ITrans } from './trans';

// Ranges by number, as Python's pattern has them: as letters some of them would change when a file is normalised.
// By code point (u): half of a letter outside the first plane would be in the last range.
const SCRIPT_WITHOUT_SPACES =
  /[\u0e00-\u0e7f\u0e80-\u0eff\u1780-\u17ff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]/gu;
// Letters and numbers, and no marks: that is what Python’s \w without the underscore comes to.
const WORD = /[\p{L}\p{N}]+(?:['’\-.][\p{L}\p{N}]+)*/gu;

/** Words of a text in any script. */
export function countWords(text: string): number {
  const dense = text.match(SCRIPT_WITHOUT_SPACES)?.length ?? 0;
  const spaced = text.replace(SCRIPT_WITHOUT_SPACES, ' ').match(WORD)?.length ?? 0;
  return spaced + Math.ceil(dense / 2);
}

/** “41 words, at least 20 asked for”. */
export function sayCount(count: number, floor: number, most: number | null, trans: ITrans): string {
  const counted = trans._n('%1 word', '%1 words', count);
  if (most !== null && count > most) {
    return trans.__('%1, more than the %2 that are enough', counted, most);
  }
  return floor ? trans.__('%1, at least %2 asked for', counted, floor) : counted;
}

/** What is said aloud when a text crosses its floor, and only then; empty where nothing is asked for. */
export function sayCrossing(before: number, count: number, floor: number, trans: ITrans): string | null {
  if (!floor || before < floor === count < floor) {
    return null;
  }
  return count < floor
    ? trans.__('Fewer than the %1 words asked for.', floor)
    : trans.__('%1 words: that is as many as asked for.', floor);
}
