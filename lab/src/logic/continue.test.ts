import { describe, expect, it } from 'vitest';

import type { ICourse, IModule } from '../api/shapes';
import { begun, course, moduleOf, prompt, step } from '../../tests/course';
import { goalModule, goalOf } from './continue';

const sealed = { sealed: { text: 'x' } };
const done = step('a', { state: 'submitted', committed: 2, notebook: 'a/a.ipynb' });
const place = (module: string, of = 'p2'): ICourse['place'] => ({ module, cell_id: 'c7', prompt: of });

const table: [string, ICourse, IModule | null, Record<string, unknown>][] = [
  ['an empty course', course([]), null, { kind: 'nothing', why: 'empty' }],
  [
    'a fresh one: the first module',
    course([step('a', { state: 'open' }), step('b')]),
    null,
    { kind: 'begin', module: 'a' }
  ],
  [
    'the place that was left',
    course([begun('a')], { place: place('a') }),
    moduleOf(begun('a'), [prompt('p1'), prompt('p2')]),
    { kind: 'place', module: 'a', cellId: 'c7', prompt: 'p2', title: 'Prompt p2' }
  ],
  [
    'the place, before its prompts are known',
    course([begun('a')], { place: place('a') }),
    null,
    { kind: 'place', module: 'a', cellId: 'c7', prompt: 'p2', title: '' }
  ],
  [
    'the place in the second of two that were begun',
    course([begun('a'), begun('b')], { place: place('b') }),
    null,
    { kind: 'place', module: 'b' }
  ],
  [
    'no place: the first required prompt that is missing, the optional one passed over',
    course([begun('a', { committed: 1 })]),
    moduleOf(begun('a'), [prompt('p1', sealed), prompt('p2', { required: false }), prompt('p3')]),
    { kind: 'prompt', module: 'a', prompt: 'p3', title: 'Prompt p3', cellId: null }
  ],
  [
    'a place in a module that is handed in: on to the next one',
    course([done, step('b', { state: 'open' })], { place: place('a') }),
    null,
    { kind: 'begin', module: 'b' }
  ],
  [
    'a place in a module that is handed in: back to the one that was begun',
    course([done, begun('b')], { place: place('a') }),
    moduleOf(begun('b'), [prompt('q1')]),
    { kind: 'prompt', module: 'b', prompt: 'q1' }
  ],
  [
    'handed in with a required prompt open: the gate still wants it',
    course([step('a', { state: 'submitted', committed: 1, notebook: 'a/a.ipynb' }), step('b')]),
    moduleOf(step('a'), [prompt('p1', sealed), prompt('p2')]),
    { kind: 'prompt', module: 'a', prompt: 'p2' }
  ],
  [
    'all committed: hand it in',
    course([begun('a', { committed: 2 }), step('b')]),
    moduleOf(begun('a'), [prompt('p1', sealed), prompt('p2', sealed)]),
    { kind: 'hand-in', module: 'a', prompt: null }
  ],
  [
    'prompts of another module say nothing',
    course([begun('b')]),
    moduleOf(begun('a'), [prompt('p1')]),
    { kind: 'prompt', module: 'b', prompt: null }
  ],
  [
    'begun comes before open',
    course([step('a', { state: 'open' }), begun('b')]),
    null,
    { kind: 'prompt', module: 'b' }
  ],
  [
    'the rest is locked: back where they were',
    course([done, step('b')], { place: place('a') }),
    null,
    { kind: 'place', module: 'a' }
  ],
  ['the rest is locked, and no place', course([done, step('b')]), null, { kind: 'nothing', why: 'locked' }],
  [
    'the rest is not released',
    course([done, step('b', { state: 'unreleased' })]),
    null,
    { kind: 'nothing', why: 'locked' }
  ],
  ['all done', course([done], { place: place('a') }), null, { kind: 'nothing', why: 'finished' }],
  [
    'a place in a module that is gone',
    course([step('a', { state: 'open' })], { place: place('z') }),
    null,
    { kind: 'begin', module: 'a' }
  ],
  [
    'a place behind a door that was locked again',
    course([step('a')], { place: place('a') }),
    null,
    { kind: 'nothing', why: 'locked' }
  ]
];

describe('Continue', () => {
  it.each(table)('%s', (_, of, module, expected) => {
    const goal = goalOf(of, module);
    expect(goal.kind === 'nothing' ? goal : { ...goal, module: goal.step.module }).toMatchObject(expected);
  });

  it('asks for the prompts of the module that it leads to, where that is here', () => {
    expect(goalModule(course([begun('a'), begun('b')], { place: place('b') }))).toBe('b');
    expect(goalModule(course([done, begun('b')], { place: place('a') }))).toBe('b');
    expect(goalModule(course([done, begun('b', { notebook: null })]))).toBeNull();
    expect(goalModule(course([done, step('b', { state: 'open' })]))).toBeNull();
  });
});
