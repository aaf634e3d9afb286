import { describe, expect, it } from 'vitest';

import { isStub, ownNames, promptIds, statusOf } from './promptCells';

describe('cells of a prompt', () => {
  it('are known by nbgrader’s name first', () => {
    expect(promptIds({ nbgrader: { grade_id: 'p2' }, coursekit: { prompt: { id: 'p3' } } })).toEqual(['p2', 'p3']);
    expect(promptIds({ coursekit: { prompt: { id: 'p3' } } })).toEqual(['p3']);
    expect(promptIds({ nbgrader: 'odd', coursekit: null })).toEqual([]);
    expect(promptIds(undefined)).toEqual([]);
  });

  it('are known by the line that shows a standing', () => {
    expect(statusOf('code', 'ck.reflection_status("p2")')).toBe('p2');
    expect(statusOf('code', "\nanalysis_status( 'p3' )")).toBe('p3');
    expect(statusOf('code', 'ck.decision("p5")')).toBeNull();
    expect(statusOf('markdown', 'ck.reflection_status("p2")')).toBeNull();
  });

  it.each([
    ['', true],
    ['  \n', true],
    ['YOUR ANSWER HERE', true],
    ['*Write your answer here.*', true],
    ['__Write your answer here.__\n', true],
    ['Write your answer here. I did.', false],
    ['My answer', false]
  ])('prose %j is a stub: %s', (source, expected) => {
    expect(isStub(source, 'reflection')).toBe(expected);
  });

  it.each([
    ['# YOUR CODE HERE\nraise NotImplementedError()', true],
    ['before = 1\nraise NotImplementedError()', true],
    ['before = 1', false]
  ])('code %j is a stub: %s', (source, expected) => {
    expect(isStub(source, 'analysis')).toBe(expected);
  });

  it('carry names that a copy must lose', () => {
    expect(ownNames({ nbgrader: { grade_id: 'p2' }, coursekit: { prompt: { id: 'p2' } } })).toEqual(['p2']);
    expect(ownNames({ coursekit: { reveal: { after: 'p2' } } })).toEqual(['coursekit']);
    expect(ownNames({ tags: ['mine'] })).toEqual([]);
  });
});
