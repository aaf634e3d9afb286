/**
 * Something over the whole page, with everything below it out of reach: the dialogs of a hand-in, the simple page.
 * The lab's own dialogs, such as the one for a file that was changed elsewhere, still come before it.
 */
import { ReactWidget } from '@jupyterlab/ui-components';
import { Widget } from '@lumino/widgets';
import * as React from 'react';

export abstract class Layer extends ReactWidget {
  constructor(kind: 'page' | 'dialog') {
    super();
    this.addClass('ck-layer');
    this.addClass(`ck-${kind}-layer`);
    // The lab's shortcuts are for what lies below.
    this.node.setAttribute('data-lm-suppress-shortcuts', 'true');
    this.node.addEventListener('keydown', event => {
      if (event.key === 'Escape' && !event.defaultPrevented) {
        event.preventDefault();
        this.leave();
      }
    });
  }

  /** Escape was pressed. */
  abstract leave(): void;

  open(): void {
    this.before = document.activeElement;
    for (const node of Array.from(document.querySelectorAll<HTMLElement>('#main, .ck-layer'))) {
      if (!node.inert) {
        node.inert = true;
        this.stilled.push(node);
      }
    }
    Widget.attach(this, document.body);
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this.stilled.forEach(node => (node.inert = false));
    super.dispose();
    if (this.before instanceof HTMLElement && this.before.isConnected) {
      this.before.focus();
    }
  }

  private before: Element | null = null;
  private readonly stilled: HTMLElement[] = [];
}

/** A heading to which the keyboard goes when it comes. */
export function FocusHeading(props: { id: string; level: 1 | 2; children: React.ReactNode }): React.JSX.Element {
  const heading = React.useRef<HTMLHeadingElement>(null);
  React.useEffect(() => heading.current?.focus(), []);
  return React.createElement(`h${props.level}`, { id: props.id, ref: heading, tabIndex: -1 }, props.children);
}
