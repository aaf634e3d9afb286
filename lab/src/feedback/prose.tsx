/** Teachers' words in a page: elements of ours around text nodes. */
import * as React from 'react';

import { prose, type Block, type Inline } from '../logic/prose';

export function Prose({ text }: { text: string }): React.JSX.Element {
  return <>{prose(text).map((block, n) => React.createElement(React.Fragment, { key: n }, blockOf(block)))}</>;
}

function blockOf(block: Block): React.JSX.Element {
  switch (block.kind) {
    case 'p':
      return <p>{block.parts.map(inlineOf)}</p>;
    case 'pre':
      return (
        <pre>
          <code>{block.text}</code>
        </pre>
      );
    default:
      return React.createElement(
        block.kind,
        null,
        block.items.map((item, n) => <li key={n}>{item.map(inlineOf)}</li>)
      );
  }
}

function inlineOf(part: Inline, key: number): React.ReactNode {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'break':
      return <br key={key} />;
    case 'code':
      return <code key={key}>{part.text}</code>;
    case 'link':
      return (
        <a key={key} href={part.text} target="_blank" rel="noopener noreferrer nofollow">
          {part.text}
        </a>
      );
    default:
      return React.createElement(part.kind, { key }, part.parts.map(inlineOf));
  }
}
