"""An author's words as HTML, and nobody's HTML as HTML."""

from __future__ import annotations

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
