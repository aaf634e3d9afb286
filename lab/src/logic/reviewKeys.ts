/** Which key does what in the review panel. None does anything while somebody types. */

export type ReviewAction =
  | { do: 'level'; digit: number }
  | { do: 'adequate'; value: boolean }
  | { do: 'next' | 'previous' | 'suggestion' | 'comment' | 'undo' | 'save' | 'keys' | 'leave' };

export interface IPressed {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  /** The focus is where text is typed. */
  typing: boolean;
  /** The focus is on something that a key works by itself, such as a button. */
  onButton: boolean;
  /** An input method is putting a character together. */
  composing: boolean;
}

const LETTERS = new Map<string, ReviewAction>([
  ['n', { do: 'next' }],
  ['j', { do: 'next' }],
  ['p', { do: 'previous' }],
  ['k', { do: 'previous' }],
  ['s', { do: 'suggestion' }],
  ['c', { do: 'comment' }],
  ['u', { do: 'undo' }],
  ['y', { do: 'adequate', value: true }],
  ['x', { do: 'adequate', value: false }],
  ['?', { do: 'keys' }]
]);

/** Null: the key is not ours. */
export function actionFor(pressed: IPressed): ReviewAction | null {
  if (pressed.composing) {
    return null;
  }
  const held = pressed.ctrlKey || pressed.metaKey;
  if (pressed.typing) {
    // Only what writes nothing: out of the field, and save from within it.
    if (pressed.key === 'Escape') {
      return { do: 'leave' };
    }
    return held && !pressed.altKey && pressed.key === 'Enter' ? { do: 'save' } : null;
  }
  if (held || pressed.altKey) {
    return null;
  }
  if (pressed.key === 'Enter') {
    return pressed.onButton ? null : { do: 'save' };
  }
  if (/^[0-9]$/.test(pressed.key)) {
    return { do: 'level', digit: Number(pressed.key) };
  }
  return LETTERS.get(pressed.key) ?? null;
}

const TYPED = ['text', 'search', 'number', 'email', 'url', 'password', 'tel', 'date', 'time'];

/** Whether keys pressed there write something. */
export function isTyping(tag: string, type: string, editable: boolean): boolean {
  return editable || tag === 'TEXTAREA' || tag === 'SELECT' || (tag === 'INPUT' && TYPED.includes(type));
}

/** Whether the Enter key means something there already. */
export function isOnButton(tag: string): boolean {
  return ['BUTTON', 'A', 'SUMMARY'].includes(tag);
}
