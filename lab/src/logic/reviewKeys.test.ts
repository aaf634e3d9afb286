import { describe, expect, it } from 'vitest';

import { actionFor, isOnButton, isTyping, type IPressed } from './reviewKeys';

const press = (key: string, more: Partial<IPressed> = {}): IPressed => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  typing: false,
  onButton: false,
  composing: false,
  ...more
});

describe('keys of the review panel', () => {
  it.each([
    ['0', { do: 'level', digit: 0 }],
    ['9', { do: 'level', digit: 9 }],
    ['n', { do: 'next' }],
    ['j', { do: 'next' }],
    ['p', { do: 'previous' }],
    ['k', { do: 'previous' }],
    ['s', { do: 'suggestion' }],
    ['c', { do: 'comment' }],
    ['u', { do: 'undo' }],
    ['y', { do: 'adequate', value: true }],
    ['x', { do: 'adequate', value: false }],
    ['Enter', { do: 'save' }],
    ['?', { do: 'keys' }]
  ])('%s', (key, action) => expect(actionFor(press(key))).toEqual(action));

  it.each(['N', 'q', 'Tab', ' ', 'ArrowDown', 'Escape', 'F1', '１', 'constructor', ''])('%j is not ours', key =>
    expect(actionFor(press(key))).toBeNull()
  );

  it.each(['0', 'n', 's', 'u', 'Enter', '?', 'y'])('%s writes while somebody types', key =>
    expect(actionFor(press(key, { typing: true }))).toBeNull()
  );

  it('a field is left with Escape, and saved from with Ctrl and Enter', () => {
    expect(actionFor(press('Escape', { typing: true }))).toEqual({ do: 'leave' });
    expect(actionFor(press('Enter', { typing: true, ctrlKey: true }))).toEqual({ do: 'save' });
    expect(actionFor(press('Enter', { typing: true, metaKey: true }))).toEqual({ do: 'save' });
    expect(actionFor(press('Enter', { typing: true, ctrlKey: true, altKey: true }))).toBeNull();
  });

  it('the browser’s and the lab’s own keys stay theirs', () => {
    for (const held of ['ctrlKey', 'metaKey', 'altKey'] as const) {
      for (const key of ['s', 'c', 'n', '1', 'Enter']) {
        expect(actionFor(press(key, { [held]: true }))).toBeNull();
      }
    }
  });

  it('Enter on a button presses the button', () => {
    expect(actionFor(press('Enter', { onButton: true }))).toBeNull();
    expect(actionFor(press('n', { onButton: true }))).toEqual({ do: 'next' });
  });

  it('an input method’s keys write a character', () => {
    expect(actionFor(press('n', { composing: true }))).toBeNull();
    expect(actionFor(press('Escape', { composing: true, typing: true }))).toBeNull();
  });
});

describe('where one types', () => {
  it.each([
    ['TEXTAREA', '', false, true],
    ['INPUT', 'text', false, true],
    ['INPUT', 'number', false, true],
    ['INPUT', 'radio', false, false],
    ['INPUT', 'checkbox', false, false],
    ['SELECT', '', false, true],
    ['DIV', '', true, true],
    ['DIV', '', false, false],
    ['BUTTON', 'submit', false, false]
  ])('%s %s', (tag, type, editable, typing) => expect(isTyping(tag, type, editable)).toBe(typing));

  it.each([
    ['BUTTON', true],
    ['SUMMARY', true],
    ['A', true],
    ['INPUT', false],
    ['DIV', false]
  ])('%s works by Enter: %s', (tag, itself) => expect(isOnButton(tag)).toBe(itself));
});
