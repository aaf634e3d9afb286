import { describe, expect, it } from 'vitest';

import * as queues from './reviewQueue';

const item = (id: string, waits = true, group = 'uncertain'): queues.IInQueue => ({ id, waits, group });
const FIVE = [item('a', true, 'flagged'), item('b'), item('c', false), item('d', true, 'flagged'), item('e')];
const five = (): queues.IQueueState => queues.load(FIVE, 40, 12);
const shown = (state: queues.IQueueState): string | undefined => queues.current(state)?.id;

describe('the place in the queue', () => {
  it('begins with the first that waits', () => {
    expect(shown(five())).toBe('a');
    expect(shown(queues.load([item('x', false), item('y')], 2, 1))).toBe('y');
    expect(shown(queues.load([item('x', false)], 1, 1))).toBe('x');
    expect(queues.load([], 0, 0).at).toBe(-1);
  });

  it('moves on and back, and stays at both ends', () => {
    let state = queues.move(five(), -1);
    expect(shown(state)).toBe('a');
    state = queues.move(queues.move(state, 1), 1);
    expect(shown(state)).toBe('c');
    expect(shown(queues.move(queues.goTo(state, 'e'), 1))).toBe('e');
    expect(shown(queues.goTo(state, 'nowhere'))).toBe('c');
    const none = queues.load([], 0, 0);
    expect(queues.move(none, 1).at).toBe(-1);
    expect(queues.current(none)).toBeNull();
  });

  it('goes on to the next that waits, and at the end back to what was passed over', () => {
    let state = queues.saved(queues.goTo(five(), 'b'), 'b');
    expect(shown(state)).toBe('d');
    state = queues.saved(queues.saved(state, 'd'), 'e');
    expect(shown(state)).toBe('a');
    expect(queues.isThrough(state)).toBe(false);
    state = queues.saved(state, 'a');
    expect(shown(state)).toBe('a');
    expect(queues.isThrough(state)).toBe(true);
  });

  it('goes back to what was taken back', () => {
    const state = queues.takenBack(queues.saved(five(), 'a'), 'a');
    expect(shown(state)).toBe('a');
    expect(queues.progress(state)).toEqual({ marked: 12, answers: 40, flagged: 2, waiting: 4 });
  });

  it('also to what was marked before it was loaded', () => {
    const state = queues.takenBack(five(), 'c');
    expect(shown(state)).toBe('c');
    expect(queues.progress(state)).toEqual({ marked: 11, answers: 40, flagged: 2, waiting: 5 });
    const elsewhere = queues.takenBack(five(), 'z');
    expect(queues.progress(elsewhere)).toEqual(queues.progress(five()));
  });
});

describe('progress', () => {
  it('counts what was marked by anybody, and what waits', () => {
    expect(queues.progress(five())).toEqual({ marked: 12, answers: 40, flagged: 2, waiting: 4 });
    const state = queues.saved(queues.saved(five(), 'a'), 'b');
    expect(queues.progress(state)).toEqual({ marked: 14, answers: 40, flagged: 1, waiting: 2 });
  });

  it('counts nothing twice', () => {
    const state = queues.saved(queues.saved(queues.saved(five(), 'a'), 'a'), 'c');
    expect(queues.progress(state).marked).toBe(13);
  });
});
