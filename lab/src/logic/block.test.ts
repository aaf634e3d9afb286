import { describe, expect, it } from 'vitest';

import { english } from '../../tests/english';
import { prompt } from '../../tests/prompts';
import { phaseOf, sayState, whyNot, type Phase, type Stage } from './block';

const EMPTY = { code: 'empty-answer', reason: '“The lamp” is still empty.', next_step: 'Write it, then commit.' };

describe('where a block stands', () => {
  it.each<[string | null, boolean, Stage, Phase]>([
    [null, false, 'editing', 'editing'],
    [null, false, 'asking', 'asking'],
    ['sealed', false, 'editing', 'sealed'],
    // Sealed in another tab while it was asked here.
    ['sealed', false, 'asking', 'sealed'],
    ['sealed', false, 'sealing', 'sealing'],
    ['sealed', true, 'editing', 'editing'],
    ['sealed', true, 'asking', 'asking']
  ])('sealed: %s, revising: %s, %s', (text, revising, stage, phase) => {
    expect(phaseOf({ sealed: text === null ? null : { text } }, revising, stage)).toBe(phase);
  });
});

describe('whether it is worth asking', () => {
  const short = prompt({ min_words: 3, refusal: EMPTY });

  it('goes by the last word of the server where it is about what is shown', () => {
    const said = whyNot(
      prompt({ response: { text: 'a' }, refusal: EMPTY }),
      { text: 'a' },
      { revising: false, heardAll: false },
      english
    );
    expect(said).toBe('“The lamp” is still empty. Write it, then commit.');
  });

  it.each([
    ['', '“The lamp” is still empty. Write it, then commit.'],
    ['one', '“The lamp” has 1 word so far. Say a little more: at least 3 words, in any language.'],
    ['one two', '“The lamp” has 2 words so far. Say a little more: at least 3 words, in any language.'],
    ['one two three', null]
  ])('%j, not saved yet', (text, said) => {
    expect(whyNot(short, { text }, { revising: false, heardAll: false }, english)).toBe(said);
  });

  it('leaves to the server what cannot be told here', () => {
    const estimate = prompt({ kind: 'estimate', refusal: EMPTY });
    expect(whyNot(estimate, { value: '8,451' }, { revising: false, heardAll: false }, english)).toBeNull();
    expect(whyNot(estimate, { value: '8,451' }, { revising: false, heardAll: true }, english)).toContain('still empty');
  });

  it('wants a revision to be another answer', () => {
    const sealed = prompt({ sealed: { text: 'a' }, response: { text: 'a' } });
    expect(whyNot(sealed, { text: 'a' }, { revising: true, heardAll: true }, english)).toContain(
      'still your sealed answer'
    );
    expect(whyNot(sealed, { text: 'b' }, { revising: true, heardAll: true }, english)).toBeNull();
  });
});

describe('what is on the disk', () => {
  it.each([
    ['nothing', false, false, 'Nothing written yet.'],
    ['saving', false, false, 'Saving …'],
    ['saved', false, false, 'Saved, not committed yet.'],
    ['not-saved', false, true, 'Not saved.'],
    ['nothing', true, true, 'Nothing changed yet.'],
    ['saved', false, true, 'Saved, not committed.']
  ] as const)('%s (unchanged: %s, revising: %s)', (saved, unchanged, revising, said) => {
    expect(sayState(saved, unchanged, revising, english)).toBe(said);
  });
});
