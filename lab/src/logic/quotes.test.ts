import { describe, expect, it } from 'vitest';

import { pieces } from './quotes';

const shown = (text: string, ...quotes: [string, number | null, number | null][]): string =>
  pieces(
    text,
    quotes.map(([quote, start, end]) => ({ quote, start, end }))
  )
    .map(piece => (piece.quote === null ? piece.text : `[${piece.quote}:${piece.text}]`))
    .join('');

describe('quotes in a text', () => {
  it.each([
    ['none', shown('Fewer pupils.'), 'Fewer pupils.'],
    ['one', shown('We saw fewer pupils.', ['fewer pupils', 7, 19]), 'We saw [0:fewer pupils].'],
    ['the whole', shown('Yes', ['Yes', 0, 3]), '[0:Yes]'],
    ['out of order', shown('a b c', ['c', 4, 5], ['a', 0, 1]), '[1:a] b [0:c]'],
    ['two that overlap: the first', shown('a b c', ['a b', 0, 3], ['b c', 2, 5]), '[0:a b] c'],
    ['not where it is said to stand', shown('a b c', ['b', 0, 1]), 'a b c'],
    ['beyond the end', shown('a b c', ['c', 4, 9]), 'a b [0:c]'],
    ['nowhere', shown('a b c', ['b', null, null]), 'a b c'],
    ['an empty one', shown('a b c', ['', 2, 2]), 'a b c'],
    ['an empty text', shown('', ['a', 0, 1]), '']
  ])('%s', (_, found, expected) => expect(found).toBe(expected));

  it.each([
    ['an emoji before it', '🎈🎈 We saw fewer.', 'We saw', 3, 9],
    ['an emoji in it', 'So: fewer 👩‍🏫 here', 'fewer 👩‍🏫', 4, 13],
    ['a flag and an accent of its own', '🇰🇪 une école', 'e\u0301cole', 7, 13]
  ])('counts characters as Python does: %s', (_, text, quote, start, end) => {
    const found = pieces(text.normalize(quote.normalize() === quote ? 'NFC' : 'NFD'), [{ quote, start, end }]);
    expect(found.filter(piece => piece.quote === 0).map(piece => piece.text)).toEqual([quote]);
  });

  it('loses no letter', () => {
    const text = 'Half an emoji \ud83c stays what it is, 🎈 too.';
    expect(
      pieces(text, [{ quote: '🎈', start: 34, end: 35 }])
        .map(piece => piece.text)
        .join('')
    ).toBe(text);
  });
});
