/**
 * Teachers' words as a tree of plain pieces: paragraphs, lists, code, **bold**, *emphasis* and addresses of the web.
 * The same small part of Markdown as coursekit.policy.prose reads; whatever else it is, it stays text.
 */
export type Inline =
  | { kind: 'text' | 'code' | 'link'; text: string }
  | { kind: 'break' }
  | { kind: 'strong' | 'em'; parts: Inline[] };

export type Block =
  | { kind: 'p'; parts: Inline[] }
  | { kind: 'pre'; text: string }
  | { kind: 'ul' | 'ol'; items: Inline[][] };

const FENCED = /^```[^\n]*\n([\s\S]*?)\n?^```[ \t]*$/m;
const LIST = /^(?:[-*+]|\d+[.)])\s+/;
// Of a bounded length: a line of single stars would otherwise be looked through from each of them.
const INLINE = /\*\*(\S(?:.{0,500}?\S)?)\*\*|\*(\S(?:.{0,500}?\S)?)\*|\bhttps?:\/\/[^\s<>"']+/;

export function prose(text: string): Block[] {
  // Between two fences every second part is code, which may have empty lines of its own.
  return text
    .trim()
    .split(new RegExp(FENCED, 'm'))
    .flatMap((part, index): Block[] => (index % 2 ? [{ kind: 'pre', text: part }] : paragraphs(part)));
}

function paragraphs(text: string): Block[] {
  return text
    .split(/\n\s*\n/)
    .map(block => block.trim())
    .filter(Boolean)
    .flatMap(blocksOf);
}

function blocksOf(block: string): Block[] {
  const lines = block.split('\n');
  const start = lines.findIndex(line => LIST.test(line));
  if (start < 0) {
    return [{ kind: 'p', parts: inline(block) }];
  }
  if (start > 0) {
    // A list may follow its introduction without an empty line between them.
    return [{ kind: 'p', parts: inline(lines.slice(0, start).join('\n')) }, ...blocksOf(lines.slice(start).join('\n'))];
  }
  const items: string[] = [];
  for (const line of lines) {
    if (LIST.test(line)) {
      items.push(line.replace(LIST, ''));
    } else {
      items[items.length - 1] += ` ${line.trim()}`;
    }
  }
  return [{ kind: /^\d/.test(lines[0]) ? 'ol' : 'ul', items: items.map(inline) }];
}

function inline(text: string): Inline[] {
  return text
    .split(/`([^`\n]+)`/)
    .flatMap((part, index): Inline[] => (index % 2 ? [{ kind: 'code', text: part }] : plain(part)));
}

function plain(text: string): Inline[] {
  const found: Inline[] = [];
  let rest = text;
  for (let match = INLINE.exec(rest); match; match = INLINE.exec(rest)) {
    let whole = match[0];
    found.push(...broken(rest.slice(0, match.index)));
    if (match[1] !== undefined || match[2] !== undefined) {
      found.push({ kind: match[1] !== undefined ? 'strong' : 'em', parts: plain(match[1] ?? match[2]) });
    } else {
      const address = whole.replace(/[.,:!?)\]};*]+$/, '');
      // A scheme without a place behind it leads nowhere.
      found.push(/^https?:\/\/[^/]/.test(address) ? { kind: 'link', text: address } : { kind: 'text', text: address });
      whole = address;
    }
    rest = rest.slice(match.index + whole.length);
  }
  return [...found, ...broken(rest)];
}

function broken(text: string): Inline[] {
  return text
    .split('\n')
    .flatMap((line, index): Inline[] => [
      ...(index ? [{ kind: 'break' } as const] : []),
      ...(line ? [{ kind: 'text', text: line } as const] : [])
    ]);
}
