/**
 * The Tab key and answers in the notebook. The lab takes editors out of its way, since Tab is a key in them.
 *
 *     prose    Tab comes in, and Tab leads out
 *     code     Tab comes in and indents; Escape, then Tab, leads out
 */
import type { ITrans } from '../logic/trans';

const met = new WeakSet<Element>();

/** Let the Tab key find the editor in that cell, unless what it holds is sealed. */
export function letTabCome(
  cell: HTMLElement,
  field: HTMLElement,
  isCode: boolean,
  closed: boolean,
  trans: ITrans
): void {
  if (!met.has(field)) {
    met.add(field);
    if (isCode) {
      field.setAttribute('aria-description', trans.__('Press Escape, then Tab, to go on.'));
      leaveByEscape(cell, field);
    } else {
      leaveByTab(cell, field);
    }
  }
  if (closed) {
    field.tabIndex = -1;
  } else if (!field.dataset.ckLeft) {
    field.tabIndex = 0;
  }
}

function leaveByTab(cell: HTMLElement, field: HTMLElement): void {
  // Before the editor hears of it; the browser then does what Tab does everywhere.
  cell.addEventListener(
    'keydown',
    event => {
      if (event.key === 'Tab' && !event.ctrlKey && !event.altKey && !event.metaKey && event.target === field) {
        event.stopPropagation();
      }
    },
    true
  );
}

function leaveByEscape(cell: HTMLElement, field: HTMLElement): void {
  field.addEventListener('keydown', event => {
    if (event.key === 'Escape') {
      // The cell has the keyboard now, and its editor would be the next thing after it.
      field.dataset.ckLeft = 'true';
      field.tabIndex = -1;
    }
  });
  cell.addEventListener('focusout', event => {
    if (field.dataset.ckLeft && !cell.contains(event.relatedTarget as Node | null)) {
      delete field.dataset.ckLeft;
      field.tabIndex = 0;
    }
  });
}
