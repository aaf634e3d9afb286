/** What an author wrote, by the lab's renderers: never trusted, sanitised, and with room for nothing that runs. */
import { MimeModel, type IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import * as React from 'react';

import type { Bundle } from '../api/shapes';
import { authors } from '../logic/authors';

interface IRenderedProps {
  rendermime: IRenderMimeRegistry;
  bundle: Bundle;
  className?: string;
}

/** One display, in the best safe form that it has. */
export function Rendered({ rendermime, bundle, className }: IRenderedProps): React.JSX.Element {
  const host = React.useRef<HTMLDivElement>(null);
  const content = JSON.stringify(bundle);
  React.useEffect(() => {
    const node = host.current;
    // “ensure”: a form that could run something is passed over for one that cannot.
    const mime = rendermime.preferredMimeType(bundle as ReadonlyPartialJSONObject, 'ensure');
    if (!node || !mime) {
      return;
    }
    const renderer = rendermime.createRenderer(mime);
    // As Widget.attach does, which wants a place that is in the page: a cell may be out of it just now.
    MessageLoop.sendMessage(renderer, Widget.Msg.BeforeAttach);
    node.appendChild(renderer.node);
    MessageLoop.sendMessage(renderer, Widget.Msg.AfterAttach);
    const model = new MimeModel({ data: bundle as ReadonlyPartialJSONObject, trusted: false });
    let gone = false;
    void renderer.renderModel(model).then(() => {
      if (!gone) {
        describePictures(renderer.node, bundle);
        frameTables(renderer.node);
      }
    });
    return () => {
      gone = true;
      MessageLoop.sendMessage(renderer, Widget.Msg.BeforeDetach);
      renderer.node.remove();
      MessageLoop.sendMessage(renderer, Widget.Msg.AfterDetach);
      renderer.dispose();
    };
  }, [rendermime, content]);
  return <div ref={host} className={`ck-rendered ${className ?? ''}`} {...authors()} />;
}

/** A text in Markdown. */
export function Markdown({
  rendermime,
  text,
  className
}: {
  rendermime: IRenderMimeRegistry;
  text: string;
  className?: string;
}): React.JSX.Element {
  return <Rendered rendermime={rendermime} bundle={{ 'text/markdown': text }} className={className} />;
}

function describePictures(node: HTMLElement, bundle: Bundle): void {
  const words = bundle['text/plain'];
  for (const picture of Array.from(node.querySelectorAll('img'))) {
    // The renderers for bare pictures have no room for a description; the plain form beside them is one.
    if (!picture.hasAttribute('alt')) {
      picture.alt = typeof words === 'string' ? words : '';
    }
  }
}

function frameTables(node: HTMLElement): void {
  for (const table of Array.from(node.querySelectorAll('table'))) {
    if (table.parentElement?.classList.contains('ck-scroll')) {
      continue;
    }
    const frame = document.createElement('div');
    frame.className = 'ck-scroll';
    // What scrolls must be reached by the keyboard too.
    frame.tabIndex = 0;
    table.replaceWith(frame);
    frame.appendChild(table);
  }
}
