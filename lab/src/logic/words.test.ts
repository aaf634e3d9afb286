import { describe, expect, it } from 'vitest';

import { english } from '../../tests/english';
import examples from '../../../tests/support/word_counts.json';
import { countWords, sayCount, sayCrossing } from './words';

describe('words', () => {
  it.each(examples)('are counted as the server counts them: $text', ({ text, words }) => {
    expect(countWords(text)).toBe(words);
  });

  it.each([
    [0, 0, null, '0 words'],
    [1, 0, null, '1 word'],
    [41, 20, null, '41 words, at least 20 asked for'],
    [41, 20, 40, '41 words, more than the 40 that are enough'],
    [40, 20, 40, '40 words, at least 20 asked for']
  ])('%i of %i: said as people read it', (count, floor, most, said) => {
    expect(sayCount(count, floor, most, english)).toBe(said);
  });

  it.each([
    [18, 19, 20, null],
    [19, 20, 20, '20 words: that is as many as asked for.'],
    [20, 41, 20, null],
    [20, 19, 20, 'Fewer than the 20 words asked for.'],
    [0, 1, 0, null]
  ])('from %i to %i of %i: said aloud only where the number is crossed', (before, count, floor, said) => {
    expect(sayCrossing(before, count, floor, english)).toBe(said);
  });
});
