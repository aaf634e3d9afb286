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
    // On the document: whatever is inside, such as a question that is asked in its place, has a key first.
    document.addEventListener('keydown', this.heardKey);
    Widget.attach(this, document.body);
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    document.removeEventListener('keydown', this.heardKey);
    this.stilled.forEach(node => (node.inert = false));
    super.dispose();
    if (this.before instanceof HTMLElement && this.before.isConnected) {
      this.before.focus();
    }
  }

  private readonly heardKey = (event: KeyboardEvent): void => {
    const isHere = event.target === document.body ? !this.node.inert : this.node.contains(event.target as Node);
    if (event.key === 'Escape' && isHere && !event.defaultPrevented) {
      event.preventDefault();
      this.leave();
    }
  };
  private before: Element | null = null;
  private readonly stilled: HTMLElement[] = [];
}

/** A heading to which the keyboard goes when it comes. */
export function FocusHeading(props: { id: string; level: 1 | 2; children: React.ReactNode }): React.JSX.Element {
  const heading = React.useRef<HTMLHeadingElement>(null);
  React.useEffect(() => heading.current?.focus(), []);
  return React.createElement(`h${props.level}`, { id: props.id, ref: heading, tabIndex: -1 }, props.children);
}
