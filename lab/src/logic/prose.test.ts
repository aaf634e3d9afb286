import { describe, expect, it } from 'vitest';

import { prose, type Block, type Inline } from './prose';

/** As HTML for reading here; nothing of it is ever put into a page. */
function shown(blocks: Block[]): string {
  return blocks
    .map(block => {
      switch (block.kind) {
        case 'p':
          return `<p>${line(block.parts)}</p>`;
        case 'pre':
          return `<pre>${block.text}</pre>`;
        default:
          return `<${block.kind}>${block.items.map(item => `<li>${line(item)}</li>`).join('')}</${block.kind}>`;
      }
    })
    .join('');
}

function line(parts: Inline[]): string {
  return parts
    .map(part => {
      switch (part.kind) {
        case 'text':
          return part.text;
        case 'break':
          return '<br>';
        case 'code':
        case 'link':
          return `<${part.kind}>${part.text}</${part.kind}>`;
        default:
          return `<${part.kind}>${line(part.parts)}</${part.kind}>`;
      }
    })
    .join('');
}

describe('teachers’ words', () => {
  // The same examples as in tests/unit/policy/test_prose.py, and some of this side's.
  it.each([
    ['One.\n\nTwo\nlines.', '<p>One.</p><p>Two<br>lines.</p>'],
    ['**one person who gains** and *who*', '<p><strong>one person who gains</strong> and <em>who</em></p>'],
    ['- a\n- **b**\n  goes on', '<ul><li>a</li><li><strong>b</strong> goes on</li></ul>'],
    ['Three lines:\n1. `x`\n2. y', '<p>Three lines:</p><ol><li><code>x</code></li><li>y</li></ol>'],
    ['2 * 3 * 4', '<p>2 * 3 * 4</p>'],
    ['**a *b* c**', '<p><strong>a <em>b</em> c</strong></p>'],
    ['See:\n\n```python\nx = "*a*"\n\ny\n```\n\nAfter.', '<p>See:</p><pre>x = "*a*"\n\ny</pre><p>After.</p>'],
    ['', '']
  ])('%j', (text, expected) => expect(shown(prose(text))).toBe(expected));

  it.each([
    ['See https://example.org/a?b=1&c=2.', ['https://example.org/a?b=1&c=2']],
    ['(http://a.b/c), <https://d.e>; **https://f.g**', ['http://a.b/c', 'https://d.e', 'https://f.g']],
    ['\'https://a.b\' "https://c.d"', ['https://a.b', 'https://c.d']],
    ['javascript:alert(1) data:text/html,x file:///etc/passwd ftp://a.b HTTPS', []],
    ['`https://a.b` https://', []],
    ['[x](javascript:alert(1)) [y](https://a.b)', ['https://a.b']]
  ])('addresses of the web are the only links: %s', (text, addresses) => {
    expect([...shown(prose(text)).matchAll(/<link>(.*?)<\/link>/g)].map(found => found[1])).toEqual(addresses);
  });

  it('markup is text', () => {
    expect(prose('<b onload=x>&')).toEqual([{ kind: 'p', parts: [{ kind: 'text', text: '<b onload=x>&' }] }]);
  });

  it.each(['*a ', '**a', '- **', '`a', 'https://x)', 'http://x&', '```\n'])('no text takes long: %j', part => {
    const start = performance.now();
    prose(part.repeat(20_000 / part.length) + 'y');
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
