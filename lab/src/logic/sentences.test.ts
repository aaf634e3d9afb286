import { describe, expect, it } from 'vitest';

import { inOurWords, sayRefusal } from './sentences';
import type { ITrans } from './trans';

/** Says in capitals what it was given, so that what is filled in can be told from what is said. */
const loud: ITrans = {
  __: (text: string, ...filled: unknown[]) =>
    text.toUpperCase().replace(/%(\d)/g, (_, n) => String(filled[Number(n) - 1])),
  _p: (_context: string, text: string) => text,
  _n: (text: string) => text
};

describe('what the server says', () => {
  it('is said again with its names and numbers', () => {
    expect(inOurWords('“The lamp” is not handed in yet.', loud)).toBe('“The lamp” IS NOT HANDED IN YET.');
    expect(inOurWords('Your answer to “Why?” has 3 words so far.', loud)).toBe(
      'YOUR ANSWER TO “Why?” HAS 3 WORDS SO FAR.'
    );
    expect(inOurWords('Write it, then commit.', loud)).toBe('WRITE IT, THEN COMMIT.');
  });

  it('keeps names as they are, whatever stands in them', () => {
    expect(inOurWords('“A (b) $1 %1” is not handed in yet.', loud)).toBe('“A (b) $1 %1” IS NOT HANDED IN YET.');
    expect(inOurWords('“Two\nlines” is not handed in yet.', loud)).toBe('“Two\nlines” IS NOT HANDED IN YET.');
    expect(inOurWords('The part “a” of “b” is still empty.', loud)).toBe('THE PART “a” OF “b” IS STILL EMPTY.');
  });

  it('stays as it is where nobody knows it', () => {
    for (const said of ['', 'Something new.', 'not handed in yet.', 'New. And more. ']) {
      expect(inOurWords(said, loud)).toBe(said);
    }
  });

  it('may be several sentences, of which some are known', () => {
    expect(inOurWords('“The lamp” is not handed in yet. Hand in “The lamp”, then open this one.', loud)).toBe(
      '“The lamp” IS NOT HANDED IN YET. HAND IN “The lamp”, THEN OPEN THIS ONE.'
    );
    expect(inOurWords('“The lamp” is not handed in yet. And more.', loud)).toBe(
      '“The lamp” IS NOT HANDED IN YET. And more.'
    );
  });

  it('keeps a title that is a question', () => {
    expect(
      inOurWords('“Adapt? Or adopt?” is not handed in yet. Hand in “Adapt? Or adopt?”, then open this one.', loud)
    ).toBe('“Adapt? Or adopt?” IS NOT HANDED IN YET. HAND IN “Adapt? Or adopt?”, THEN OPEN THIS ONE.');
  });

  it('is one refusal of two sentences', () => {
    const refusal = {
      reason: '“The lamp” is not handed in yet.',
      next_step: 'Hand in “The lamp”, then open this one.'
    };
    expect(sayRefusal(refusal, loud)).toBe('“The lamp” IS NOT HANDED IN YET. HAND IN “The lamp”, THEN OPEN THIS ONE.');
    expect(sayRefusal({ reason: 'Just so.', next_step: '' }, loud)).toBe('Just so.');
  });
});
