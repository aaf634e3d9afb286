"""An author's words as safe HTML: paragraphs, lists, code, **bold** and *emphasis*; all else as it stands.

Not Markdown as a whole, on purpose: links, images and HTML in a question would need a sanitiser, and a question
that is repeated beside an answer needs none of them.
"""

from __future__ import annotations

import re
from html import escape

_FENCED = re.compile(r"^```[^\n]*\n(.*?)\n?^```[ \t]*$", re.S | re.M)
_LIST = re.compile(r"(?:[-*+]|\d+[.)])\s+")


def prose(text: str) -> str:
    """Paragraphs, lists and fenced code of a text."""
    # Between two fences every second part is code, which may have empty lines of its own.
    parts = _FENCED.split(text.strip())
    return "".join(
        f"<pre><code>{escape(part)}</code></pre>" if index % 2 else _paragraphs(part)
        for index, part in enumerate(parts)
    )


def _paragraphs(text: str) -> str:
    blocks = [b.strip() for b in re.split(r"\n\s*\n", text.strip()) if b.strip()]
    return "".join(_block(block) for block in blocks)


def _block(block: str) -> str:
    lines = block.split("\n")
    if not _LIST.match(lines[0]):
        # A list may follow its introduction without an empty line between them.
        start = next((i for i, line in enumerate(lines) if _LIST.match(line)), None)
        if start is not None:
            return _block("\n".join(lines[:start])) + _block("\n".join(lines[start:]))
        return f"<p>{_inline(block)}</p>"
    tag = "ol" if lines[0][0].isdigit() else "ul"
    items: list[str] = []
    for line in lines:
        if _LIST.match(line) or not items:
            items.append(_LIST.sub("", line, count=1))
        else:
            items[-1] += " " + line.strip()
    return f"<{tag}>" + "".join(f"<li>{_inline(item)}</li>" for item in items) + f"</{tag}>"


def _inline(text: str) -> str:
    parts = re.split(r"`([^`\n]+)`", text)
    parts[1::2] = [f"<code>{escape(code)}</code>" for code in parts[1::2]]
    for index in range(0, len(parts), 2):
        plain = escape(parts[index])
        plain = re.sub(r"\*\*(\S(?:.*?\S)?)\*\*", r"<strong>\1</strong>", plain)
        plain = re.sub(r"\*(\S(?:.*?\S)?)\*", r"<em>\1</em>", plain)
        parts[index] = plain.replace("\n", "<br>")
    return "".join(parts)
