import { describe, expect, it } from 'vitest';

import { marked, type IEvidence } from './reviewText';

const criterion = (...spans: [number, number][]): IEvidence => ({
  id: 'c',
  spans: spans.map(([start, end]) => ({ start, end }))
});
const shown = (text: string, all: boolean, ...criteria: IEvidence[]): string =>
  marked(text, criteria, all)
    .map(piece => (piece.criteria.length ? `[${piece.criteria.join(',')}:${piece.text}]` : piece.text))
    .join('');

describe('evidence in an answer', () => {
  it.each([
    ['none', shown('One. Two.', false, criterion()), 'One. Two.'],
    ['the best alone', shown('One. Two.', false, criterion([5, 9], [0, 4])), 'One. [0:Two.]'],
    ['all of it', shown('One. Two.', true, criterion([5, 9], [0, 4])), '[0:One.] [0:Two.]'],
    ['one sentence, two criteria', shown('One.', false, criterion([0, 4]), criterion([0, 4])), '[0,1:One.]'],
    ['overlapping', shown('abcdef', false, criterion([0, 4]), criterion([2, 6])), '[0:ab][0,1:cd][1:ef]'],
    ['one within the other', shown('abcdef', false, criterion([0, 6]), criterion([2, 4])), '[0:ab][0,1:cd][0:ef]'],
    ['next to each other', shown('abcd', false, criterion([0, 2]), criterion([2, 4])), '[0:ab][1:cd]'],
    ['beyond what is shown', shown('abc', false, criterion([1, 9]), criterion([7, 9])), 'a[0:bc]'],
    ['the wrong way round', shown('abc', false, criterion([2, 1])), 'abc'],
    ['an emoji before it', shown('🎈🎈 Yes.', false, criterion([3, 7])), '🎈🎈 [0:Yes.]'],
    ['a family in it', shown('a 👩‍👩‍👧 b', false, criterion([2, 7])), 'a [0:👩‍👩‍👧] b'],
    ['another script', shown('我认为是。好', false, criterion([0, 5])), '[0:我认为是。]好'],
    ['an empty one', shown('', false, criterion([0, 1])), '']
  ])('%s', (_, found, expected) => expect(found).toBe(expected));

  it('loses no letter', () => {
    const text = '🇰🇪 “école” e\u0301\n\n\tfin \ud83d x';
    for (let start = 0; start < 20; start++) {
      const pieces = marked(text, [criterion([start, start + 7]), criterion([start + 3, start + 5])], true);
      expect(pieces.map(piece => piece.text).join('')).toBe(text);
    }
  });
});
