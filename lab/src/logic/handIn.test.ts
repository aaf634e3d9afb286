import { describe, expect, it } from 'vitest';

import { english } from '../../tests/english';
import { prompt } from '../../tests/prompts';
import type { IHandedIn } from '../api/shapes';
import {
  handInState,
  mayCount,
  openedSince,
  sayAnswered,
  saveUntilHeard,
  sendUntilHeard,
  shutModules,
  type IHandInWork,
  type ITrouble
} from './handIn';

const DONE: IHandedIn = {
  submission: 's1',
  receipt: { at: '2026-11-27T09:15:30+00:00', short: '1a2b3c', path: '' },
  missing: [],
  opened: ['second'],
  standing: 'in time',
  counts: true,
  due: null,
  warnings: []
};
const SILENCE: ITrouble = { code: '', isSilent: true, prompts: [] };
const refused = (code: string, prompts: string[] = []): ITrouble => ({ code, isSilent: false, prompts });

/** A world in which each call gets the next answer: a trouble, or null when all is well. */
function world(
  sends: (ITrouble | null)[],
  saves: (ITrouble | null)[] = []
): IHandInWork & { log: string[]; left: boolean } {
  const next = <T>(answers: (ITrouble | null)[], well: T): Promise<T> => {
    const answer = answers.shift() ?? null;
    return answer === null ? Promise.resolve(well) : Promise.reject(answer);
  };
  const it_ = {
    log: [] as string[],
    left: false,
    save: () => {
      it_.log.push('save');
      return next(saves, undefined);
    },
    send: () => {
      it_.log.push('send');
      return next(sends, DONE);
    },
    wait: async (ms: number) => {
      it_.log.push(`wait ${ms}`);
    },
    hasLeft: () => it_.left,
    troubleOf: (error: unknown) => error as ITrouble,
    tell: () => undefined
  };
  return it_;
}

describe('sending', () => {
  it('is done at the first answer', async () => {
    const here = world([]);
    expect(await sendUntilHeard(here)).toEqual({ kind: 'done', done: DONE });
    expect(here.log).toEqual(['send']);
  });

  it('is tried again, with growing pauses, until somebody answers', async () => {
    const here = world([SILENCE, SILENCE, SILENCE, SILENCE, SILENCE, null]);
    expect((await sendUntilHeard(here)).kind).toBe('done');
    expect(here.log.filter(line => line !== 'send')).toEqual([
      'wait 1000',
      'wait 2000',
      'wait 4000',
      'wait 8000',
      'wait 10000'
    ]);
  });

  it('ends when the learner leaves', async () => {
    const here = world([SILENCE]);
    here.wait = async () => {
      here.left = true;
    };
    expect(await sendUntilHeard(here)).toEqual({ kind: 'left' });
  });

  it('saves again, once, when the file is not what is shown', async () => {
    const here = world([refused('not-as-shown'), null]);
    expect((await sendUntilHeard(here)).kind).toBe('done');
    expect(here.log).toEqual(['send', 'save', 'send']);

    const still = refused('not-as-shown');
    const twice = world([refused('not-as-shown'), still]);
    expect(await sendUntilHeard(twice)).toEqual({ kind: 'trouble', error: still, arrived: 'no' });
  });

  it('says which prompts are empty', async () => {
    expect(await sendUntilHeard(world([refused('prompts-missing', ['p2', 'p5'])]))).toEqual({
      kind: 'missing',
      prompts: ['p2', 'p5']
    });
  });

  it('does not claim that nothing arrived once nobody answered', async () => {
    const end = refused('signed-out');
    expect(await sendUntilHeard(world([end]))).toEqual({ kind: 'trouble', error: end, arrived: 'no' });
    expect(await sendUntilHeard(world([SILENCE, end]))).toEqual({ kind: 'trouble', error: end, arrived: 'unknown' });
  });

  it('stops where saving again fails', async () => {
    const full = refused('not-saved');
    expect(await sendUntilHeard(world([refused('not-as-shown')], [full]))).toEqual({
      kind: 'trouble',
      error: full,
      arrived: 'no'
    });
  });
});

describe('saving', () => {
  it('waits for a server that comes back', async () => {
    const here = world([], [SILENCE, null]);
    expect(await saveUntilHeard(here)).toEqual({ kind: 'saved' });
    expect(here.log).toEqual(['save', 'wait 1000', 'save']);
  });

  it('says what went wrong', async () => {
    const full = refused('not-saved');
    expect(await saveUntilHeard(world([], [full]))).toEqual({ kind: 'trouble', error: full });
  });
});

describe('how a module stands', () => {
  const refusal = { code: 'too-short', reason: '', next_step: '' };
  const state = handInState([
    prompt({ id: 'a', sealed: { text: 'x' }, response: { text: '' }, refusal }),
    prompt({ id: 'b', response: { text: 'x' } }),
    prompt({ id: 'c', response: { text: 'x' }, refusal }),
    prompt({ id: 'd', refusal }),
    prompt({ id: 'e', required: false, response: { text: 'x' } }),
    prompt({ id: 'f', required: false })
  ]);

  it('counts what is sealed or could be', () => {
    expect(state).toEqual({ required: 4, answered: 2, missing: ['c', 'd'], unsealed: 2 });
  });

  it('is said in sentences', () => {
    expect(sayAnswered(state, english)).toEqual([
      '2 of 4 required prompts are answered.',
      '2 answers are not committed yet; handing in seals them. You can add revisions later, but not change them.'
    ]);
    expect(sayAnswered({ required: 3, answered: 3, missing: [], unsealed: 0 }, english)).toEqual([
      'All 3 required prompts are answered.'
    ]);
    expect(sayAnswered({ required: 0, answered: 0, missing: [], unsealed: 0 }, english)).toEqual([]);
  });
});

it.each([
  [true, 'in time', false],
  [true, 'late', false],
  [false, 'late', true],
  [false, 'in time', true],
  [false, 'after closing', false]
] as const)('counts: %s, %s: may be chosen? %s', (counts, standing, may) => {
  expect(mayCount({ counts, standing })).toBe(may);
});

it('finds what opened meanwhile, when the answer that would have said so was lost', () => {
  const before = [
    { module: 'first', state: 'in progress' },
    { module: 'second', state: 'locked' },
    { module: 'third', state: 'locked' },
    { module: 'fourth', state: 'unreleased' }
  ] as const;
  const shut = shutModules(before);
  expect(shut).toEqual(['second', 'third', 'fourth']);
  const now = before.map(step => ({ ...step, state: step.module === 'second' ? ('open' as const) : step.state }));
  expect(openedSince(shut, now)).toEqual(['second']);
  expect(openedSince(shut, before)).toEqual([]);
});
