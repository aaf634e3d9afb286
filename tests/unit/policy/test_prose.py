"""An author's words as HTML, and nobody's HTML as HTML."""

from __future__ import annotations

import re
import time

import pytest

from coursekit.policy.prose import prose


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One.\n\nTwo\nlines.", "<p>One.</p><p>Two<br>lines.</p>"),
        (
            "**one person who gains** and *who*",
            "<p><strong>one person who gains</strong> and <em>who</em></p>",
        ),
        ("- a\n- **b**\n  goes on", "<ul><li>a</li><li><strong>b</strong> goes on</li></ul>"),
        ("Three lines:\n1. `x`\n2. y", "<p>Three lines:</p><ol><li><code>x</code></li><li>y</li></ol>"),
        ("<b onload=x>&", "<p>&lt;b onload=x&gt;&amp;</p>"),
        ("`<i>`", "<p><code>&lt;i&gt;</code></p>"),
        ("2 * 3 * 4", "<p>2 * 3 * 4</p>"),
        (
            "See:\n\n```python\na = 1 < 2\n\n**b**\n```\n\nThen *go*.",
            "<p>See:</p><pre><code>a = 1 &lt; 2\n\n**b**</code></pre><p>Then <em>go</em>.</p>",
        ),
        ("```\nnever closed", "<p>```<br>never closed</p>"),
        ("", ""),
    ],
)
def test_prose(text: str, html: str) -> None:
    assert prose(text) == html


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("See https://example.org/a?b=1&c=2.", ["https://example.org/a?b=1&amp;c=2"]),
        ("(http://a.b/c), <https://d.e>; **https://f.g**", ["http://a.b/c", "https://d.e", "https://f.g"]),
        ("'https://a.b' \"https://c.d\"", ["https://a.b", "https://c.d"]),
        ("javascript:alert(1) data:text/html,x file:///etc/passwd ftp://a.b HTTPS", []),
        ('https://a.b"onmouseover=alert(1)', ["https://a.b"]),
        ("`https://a.b` https://", []),
        ("[x](javascript:alert(1)) [y](https://a.b)", ["https://a.b"]),
    ],
)
def test_addresses_of_the_web_are_the_only_links(text: str, addresses: list[str]) -> None:
    html = prose(text, links=True)
    assert re.findall(r'<a href="([^"]*)" rel="noopener noreferrer nofollow">\1</a>', html) == addresses
    assert html.count("<a") == len(addresses)
    assert "<a" not in prose(text)


@pytest.mark.parametrize("part", ["*a ", "**a", "- **", "`a", "https://x)", "http://x&", "```\n"])
def test_no_text_takes_long(part: str) -> None:
    start = time.process_time()
    prose(part * (20_000 // len(part)) + "y", links=True)
    assert time.process_time() - start < 1
