import { describe, expect, it } from 'vitest';

import type { IPart } from '../api/shapes';
import { course, step } from '../../tests/course';
import { english } from '../../tests/english';
import { sayHandedIn, stretchesOf } from './parts';

const steps = ['a', 'b', 'c'].map(module => step(module));
const part = (id: string, ...modules: string[]): IPart => ({ id, title: id, summary: '', modules });

describe('parts', () => {
  it.each([
    ['none', [], ['- 1 abc']],
    ['two', [part('light', 'a'), part('dark', 'b', 'c')], ['light 1 a', 'dark 2 bc']],
    ['one for all', [part('light', 'a', 'b', 'c')], ['light 1 abc']],
    // What an exchange refuses is shown all the same: nothing is lost, and the order stays.
    ['a gap', [part('light', 'a', 'c')], ['light 1 a', '- 2 b', 'light 3 c']]
  ])('%s', (_, parts, stretches) => {
    const found = stretchesOf(course(steps, { parts }));
    expect(
      found.map(one => `${one.part?.id ?? '-'} ${one.from} ${one.steps.map(each => each.module).join('')}`)
    ).toEqual(stretches);
  });

  it('of a course without modules are none', () => {
    expect(stretchesOf(course([], { parts: [part('light')] }))).toEqual([]);
  });

  it('say how far somebody is', () => {
    const mixed = [
      step('a', { state: 'submitted' }),
      step('b', { state: 'feedback ready' }),
      step('c', { state: 'open' })
    ];
    expect(sayHandedIn(mixed, english)).toBe('2 of 3 handed in');
  });
});
