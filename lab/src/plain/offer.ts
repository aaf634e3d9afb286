/** On a narrow screen the simple page is offered by itself, once; where nobody answers, the offer stays small and still. */
import { Widget } from '@lumino/widgets';

import type { ITrans } from '../logic/trans';

const OFFERED = 'coursekit:simple-page-offered';
/** Pixels below which a notebook is hard to write in. */
const NARROW = 700;

export function isNarrow(): boolean {
  return window.innerWidth < NARROW;
}

/** Whether it was answered in this browser before. */
export function wasOffered(): boolean {
  try {
    return window.localStorage.getItem(OFFERED) !== null;
  } catch {
    return false;
  }
}

export class Offer extends Widget {
  constructor(trans: ITrans, accept: () => void) {
    super();
    this.addClass('ck-offer');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Simple page'));
    const line = document.createElement('p');
    line.setAttribute('role', 'status');
    const row = document.createElement('div');
    row.className = 'ck-row';
    row.append(
      this.button(trans.__('Show the simple page'), true, accept),
      this.button(trans.__('Stay here'), false, () => undefined)
    );
    this.node.append(line, row);
    // Said by screen readers only when it comes after its element.
    window.setTimeout(() => {
      line.textContent = trans.__('This screen is small. The simple page shows the module from top to bottom.');
    });
  }

  private button(label: string, isMain: boolean, deed: () => void): HTMLButtonElement {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = isMain ? 'ck-button ck-main' : 'ck-button';
    button.textContent = label;
    button.addEventListener('click', () => {
      remember();
      this.dispose();
      deed();
    });
    return button;
  }
}

function remember(): void {
  try {
    window.localStorage.setItem(OFFERED, '1');
  } catch {
    // Without a store it is offered again another time.
    return;
  }
}
