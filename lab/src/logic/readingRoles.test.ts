import { describe, expect, it } from 'vitest';

import type { PromptKind } from '../api/shapes';
import { rolesOf, runsByItself, type IReadCell } from './readingRoles';

const kinds = new Map<string, PromptKind>([
  ['p1', 'estimate'],
  ['p2', 'reflection'],
  ['p3', 'analysis']
]);
const locked = (grade_id: string, grade = false) => ({ nbgrader: { grade_id, grade, locked: true } });
const cells: IReadCell[] = [
  { id: 'a', type: 'markdown', source: '# Title', metadata: {} },
  { id: 'b', type: 'code', source: 'passing = 65', metadata: { tags: ['parameters'] } },
  { id: 'b2', type: 'code', source: 'passing = 60', metadata: { tags: ['injected-parameters'] } },
  { id: 'c', type: 'code', source: 'import coursekit.prompts as ck', metadata: locked('setup') },
  { id: 'd', type: 'code', source: 'ck.estimate("p1")', metadata: { coursekit: { prompt: { id: 'p1' } } } },
  { id: 'e', type: 'markdown', source: '', metadata: { nbgrader: { grade_id: 'p2', solution: true } } },
  { id: 'f', type: 'code', source: 'ck.reflection_status("p2")', metadata: locked('p2-status') },
  { id: 'g', type: 'code', source: 'counts.sum()', metadata: locked('p3-example') },
  { id: 'h', type: 'code', source: 'x = 1', metadata: { nbgrader: { grade_id: 'p3', solution: true } } },
  { id: 'i', type: 'code', source: 'assert x', metadata: locked('p3-tests', true) },
  { id: 'j', type: 'markdown', source: 'copy', metadata: { nbgrader: { grade_id: 'p2' } } },
  { id: 'k', type: 'code', source: 'mine = 1', metadata: {} }
];
const roles = rolesOf(cells, kinds);

describe('what a cell is to its reader', () => {
  it.each([
    ['a', { role: 'text' }],
    ['b', { role: 'machinery' }],
    ['b2', { role: 'machinery' }],
    ['c', { role: 'machinery' }],
    ['d', { role: 'form', prompt: 'p1' }],
    ['e', { role: 'answer', prompt: 'p2', kind: 'reflection' }],
    ['f', { role: 'status' }],
    ['g', { role: 'example' }],
    ['h', { role: 'answer', prompt: 'p3', kind: 'analysis' }],
    ['i', { role: 'example' }],
    ['j', { role: 'text' }],
    ['k', { role: 'own' }]
  ])('%s', (id, expected) => {
    expect(roles.get(id as string)).toEqual(expected);
  });

  it('decides what runs by itself: the author’s code, no form, no test, nothing of the learner’s', () => {
    const running = cells.filter(cell => runsByItself(roles.get(cell.id)!, cell.metadata)).map(cell => cell.id);
    expect(running).toEqual(['b', 'b2', 'c', 'g']);
  });
});
