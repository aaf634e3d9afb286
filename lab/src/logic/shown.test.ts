import { describe, expect, it } from 'vitest';

import { differing, shownCells } from './shown';

const cells = (...all: [string, string][]): { cell_id: string; source: string }[] =>
  all.map(([cell_id, source]) => ({ cell_id, source }));

describe('file and screen', () => {
  it.each([
    ['the same', cells(['a', 'x'], ['b', 'y']), cells(['a', 'x'], ['b', 'y']), null],
    ['other ends of lines', cells(['a', 'x\r\ny\rz']), cells(['a', 'x\ny\nz']), null],
    ['no ids in the file', cells(['', 'x']), cells(['a', 'x']), null],
    ['another id', cells(['c', 'x']), cells(['a', 'x']), 'a'],
    ['one letter less', cells(['a', 'x'], ['b', 'y']), cells(['a', 'x'], ['b', 'y!']), 'b'],
    ['one cell less in the file', cells(['a', 'x']), cells(['a', 'x'], ['b', 'y']), 'b'],
    ['one cell more in the file', cells(['a', 'x'], ['b', 'y']), cells(['a', 'x']), 'b'],
    ['nothing at all', [], [], null]
  ])('%s', (_, kept, shown, found) => {
    expect(differing(kept, shown)).toBe(found);
  });

  it('reads a source in lines as well as in one piece', () => {
    expect(shownCells([{ id: 'a', source: ['x\n', 'y'] }, { id: 'b', source: 'z' }, { source: 3 }])).toEqual(
      cells(['a', 'x\ny'], ['b', 'z'], ['', ''])
    );
  });
});
