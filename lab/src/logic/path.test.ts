import { describe, expect, it } from 'vitest';

import { begun, step } from '../../tests/course';
import { prompt } from '../../tests/prompts';
import { committedIn, isDone, isUnfinished, progressOf } from './path';

describe('progress', () => {
  it('of one module counts its required prompts that are sealed', () => {
    const prompts = [
      prompt({ id: 'a', sealed: { text: 'Yes.' } }),
      prompt({ id: 'b' }),
      prompt({ id: 'c', required: false, sealed: { code: 'x' } })
    ];
    expect(committedIn(prompts)).toEqual({ committed: 1, required: 2 });
  });

  it.each([
    ['nothing', [], [0, 0, 0, 0], 0],
    ['a fresh course', [step('a', { state: 'open' }), step('b')], [2, 0, 0, 4], 0],
    ['one of two prompts', [begun('a', { committed: 1 }), step('b')], [2, 0, 1, 4], 1 / 6],
    ['all committed, not handed in', [begun('a', { committed: 2 }), step('b')], [2, 0, 2, 4], 1 / 3],
    ['handed in', [step('a', { state: 'submitted', committed: 2 }), step('b', { state: 'open' })], [2, 1, 2, 4], 1 / 2],
    ['feedback', [step('a', { state: 'feedback ready', committed: 2 })], [1, 1, 2, 2], 1],
    ['handed in with one open', [step('a', { state: 'submitted', committed: 1 })], [1, 1, 1, 2], 2 / 3],
    ['nothing is required', [step('a', { state: 'submitted', required: 0 })], [1, 1, 0, 0], 1],
    ['a question too many', [step('a', { state: 'submitted', committed: 3 })], [1, 1, 2, 2], 1]
  ])('%s', (_, steps, [modules, handedIn, committed, required], share) => {
    const found = progressOf(steps);
    expect(found).toMatchObject({ modules, handedIn, committed, required });
    expect(found.share).toBeCloseTo(share);
  });

  it('is whole exactly where the gate is content', () => {
    for (const [committed, done] of [
      [1, false],
      [2, true]
    ] as const) {
      const handedIn = step('a', { state: 'submitted', committed });
      expect(isDone(handedIn)).toBe(done);
      expect(isUnfinished(handedIn)).toBe(!done);
      expect(progressOf([handedIn]).share === 1).toBe(done);
    }
  });
});
