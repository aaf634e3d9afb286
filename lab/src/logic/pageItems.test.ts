import { describe, expect, it } from 'vitest';

import { english } from '../../tests/english';
import { pageItems, type IPageCell } from './pageItems';

const ASKED = new Set(['p1', 'p2']);
const of = (prompt: string): object => ({ coursekit: { prompt: { id: prompt } } });
const cell = (changes: Partial<IPageCell>): IPageCell => ({
  id: 'c',
  type: 'code',
  source: '',
  metadata: {},
  outputs: [],
  ...changes
});
const items = (...cells: Partial<IPageCell>[]): unknown[] => pageItems(cells.map(cell), ASKED, english);

describe('a module as one page', () => {
  it('has texts and prompts in the notebook’s order, and no code', () => {
    expect(
      items(
        { id: 'a', type: 'markdown', source: '# Title' },
        { id: 'b', source: 'import coursekit.prompts as ck' },
        { id: 'p1', type: 'markdown', source: 'mine', metadata: { ...of('p1'), nbgrader: { grade_id: 'p1' } } },
        { id: 'd', source: 'ck.reflection_status("p1")', outputs: [{ output_type: 'stream', text: 'not saved' }] },
        { id: 'p2', source: 'ck.decision("p2")', metadata: of('p2') },
        { id: 'e', type: 'raw', source: 'x' },
        { id: 'f', type: 'markdown', source: ' \n' }
      )
    ).toEqual([
      { kind: 'text', id: 'a', markdown: '# Title' },
      { kind: 'prompt', id: 'p1', prompt: 'p1' },
      { kind: 'prompt', id: 'p2', prompt: 'p2' }
    ]);
  });

  it('asks a prompt once, and shows what it does not know for what it is', () => {
    expect(
      items(
        { id: 'p1', type: 'markdown', source: 'mine', metadata: of('p1') },
        { id: 'copy', type: 'markdown', source: 'mine', metadata: of('p1') },
        { id: 'gone', type: 'markdown', source: 'old', metadata: of('p9') }
      )
    ).toEqual([
      { kind: 'prompt', id: 'p1', prompt: 'p1' },
      { kind: 'text', id: 'gone', markdown: 'old' }
    ]);
  });

  it('shows what code has drawn and said, described where it can be', () => {
    const chart = { 'image/png': ['AA', 'BB'], 'text/plain': ['<Figure size 640x480>'] };
    expect(
      items({
        id: 'x',
        outputs: [
          { output_type: 'stream', text: ['two\n', 'lines'] },
          { output_type: 'display_data', data: chart },
          { output_type: 'execute_result', data: { 'text/html': '<table></table>', 'text/plain': 'table' } },
          { output_type: 'display_data', data: { 'application/vnd.jupyter.widget-view+json': {} } },
          { output_type: 'error', ename: 'NameError', evalue: 'x' },
          { output_type: 'stream', text: ' ' }
        ]
      })
    ).toEqual([
      {
        kind: 'exhibit',
        id: 'x',
        displays: [
          { 'text/plain': 'two\nlines' },
          { 'image/png': 'AABB', 'text/plain': 'A chart, without a description.' },
          { 'text/html': '<table></table>', 'text/plain': 'table' }
        ]
      }
    ]);
  });
});
