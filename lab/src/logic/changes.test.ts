import { describe, expect, it } from 'vitest';

import type { IStep } from '../api/shapes';
import { english } from '../../tests/english';
import { course, step } from '../../tests/course';
import { changesBetween, sayChange } from './changes';

const open = step('a', { state: 'open' });
const table: [string, IStep, IStep, string | null][] = [
  ['nothing', open, { ...open }, null],
  ['opened', step('a'), open, 'opened'],
  ['opened, and an extension with it', step('a'), { ...open, due: '2027-01-20T00:00Z', extended: true }, 'opened'],
  ['begun is no news to who began', open, step('a', { state: 'in progress' }), null],
  ['locked again is nothing to cheer', open, step('a'), null],
  ['handed in', open, step('a', { state: 'submitted', submissions: 1 }), 'handed-in'],
  [
    'handed in again',
    step('a', { state: 'submitted', submissions: 1 }),
    step('a', { state: 'submitted', submissions: 2 }),
    'handed-in'
  ],
  ['feedback', step('a', { state: 'submitted' }), step('a', { state: 'feedback ready' }), 'feedback'],
  ['more time', open, { ...open, due: '2027-01-20T00:00Z', extended: true }, 'extended'],
  ['another date', open, { ...open, due: '2027-01-20T00:00Z' }, 'due'],
  ['an update', open, { ...open, update_available: true }, 'update']
];

describe('news', () => {
  it.each(table)('%s', (_, before, after, kind) => {
    const found = changesBetween(course([before]), course([after]));
    expect(found.map(change => change.kind)).toEqual(kind ? [kind] : []);
    found.forEach(change => expect(sayChange(change, english)).toContain('Module a'));
  });

  it('the first look, and another course, are no news', () => {
    expect(changesBetween(null, course([open]))).toEqual([]);
    expect(changesBetween(course([step('a')], { course: 'ships' }), course([open]))).toEqual([]);
  });

  it('a module that is new to the course is not said to have opened', () => {
    expect(changesBetween(course([]), course([open]))).toEqual([]);
  });
});
