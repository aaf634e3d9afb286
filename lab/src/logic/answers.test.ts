import { describe, expect, it } from 'vitest';

import { prompt } from '../../tests/prompts';
import { english } from '../../tests/english';
import type { PromptKind, Response } from '../api/shapes';
import { answerRows, isEcho, isEmpty, sameAnswer } from './answers';

const SCALE = ['no', 'rather not', 'rather', 'yes'];
const CHOICES = [
  { id: 'a', label: 'Listen' },
  { id: 'b', label: 'Wait' }
];

describe('an answer in words', () => {
  it.each<[PromptKind, Response, string[]]>([
    ['reflection', { text: ' What I saw.' }, ['Your answer:  What I saw.']],
    ['analysis', { code: 'x = 1' }, ['Your code: x = 1']],
    ['decision', { choice: 'b', reason: 'Calm.' }, ['Your choice: Wait', 'Your reason: Calm.']],
    ['decision', { choice: 'gone', reason: ' ' }, []],
    ['estimate', { value: 8451, reason: '' }, ['Your estimate: 8451 pupils']],
    ['estimate', { value: null, reason: 'No idea' }, ['Your reason: No idea']],
    ['confidence', { level: 3 }, ['Your answer: rather (3 of 4)']],
    ['confidence', { level: 5 }, []],
    ['confidence', { level: true }, []],
    ['self_assessment', { levels: { b: 1, a: 4 } }, ['Listen: yes (4 of 4)', 'Wait: no (1 of 4)']],
    ['self_assessment', { levels: null }, []],
    ['plan', { fields: { a: 'First', b: '' } }, ['Listen: First']],
    ['plan', { fields: ['First'] }, []]
  ])('%s %j', (kind, response, rows) => {
    const asked = prompt({ kind, options: CHOICES, items: CHOICES, fields: CHOICES, scale: SCALE, unit: 'pupils' });
    expect(answerRows(asked, response, english).map(row => `${row.label}: ${row.value}`)).toEqual(rows);
  });

  it('has no rows before there is one', () => {
    expect(answerRows(prompt({}), null, english)).toEqual([]);
  });
});

describe('two answers', () => {
  it.each<[Response | null, Response | null, boolean]>([
    [{ text: 'a' }, { text: 'a' }, true],
    [{ text: 'a' }, { text: 'a ' }, false],
    [{ choice: 'a', reason: 'b' }, { reason: 'b', choice: 'a' }, true],
    [{ choice: 'a', reason: '' }, { choice: 'a' }, true],
    [{ levels: { a: 1, b: 2 } }, { levels: { b: 2, a: 1 } }, true],
    [{ levels: { a: 1 } }, { levels: { a: 2 } }, false],
    [null, {}, false]
  ])('%j and %j: the same? %s', (one, other, same) => {
    expect(sameAnswer(one, other)).toBe(same);
  });

  it.each<[Response, Response, boolean]>([
    [{ value: '8,451', reason: 'x' }, { value: 8451, reason: 'x' }, true],
    [{ value: '8.4', reason: 'x' }, { value: 8, reason: 'x' }, true],
    [{ value: 'many', reason: 'x' }, { value: null, reason: 'x' }, true],
    [{ value: '1e3' }, { value: 1000 }, true],
    [{ value: '8,451', reason: 'x' }, { value: 90, reason: 'x' }, false],
    [{ value: '8,451', reason: 'x' }, { value: 8451, reason: 'y' }, false],
    [{ value: 8451 }, { value: 8451 }, true],
    [{ text: 'a' }, { text: 'b' }, false]
  ])('%j sent and %j come back: an echo? %s', (sent, come, echo) => {
    expect(isEcho(sent, come)).toBe(echo);
  });

  it.each<[Response | null, boolean]>([
    [null, true],
    [{}, true],
    [{ text: ' \n' }, true],
    [{ fields: { a: '', b: ' ' } }, true],
    [{ levels: {} }, true],
    [{ level: 1 }, false],
    [{ value: 0 }, false],
    [{ fields: { a: 'x' } }, false]
  ])('%j: empty? %s', (response, empty) => {
    expect(isEmpty(response)).toBe(empty);
  });
});
