"""An author's words as safe HTML: paragraphs, lists, code, **bold** and *emphasis*; all else as it stands.

Not Markdown as a whole, on purpose: links, images and HTML in a question would need a sanitiser, and a question
that is repeated beside an answer needs none of them. Where links are wanted, an address of the web is one as it
stands.
"""

from __future__ import annotations

import re
from html import escape

# In text that is escaped already.
_LINK = re.compile(r"\bhttps?://(?:(?!&(?:quot|lt|gt|#x27);)[^\s<>])+")
_FENCED = re.compile(r"^```[^\n]*\n(.*?)\n?^```[ \t]*$", re.S | re.M)
_LIST = re.compile(r"(?:[-*+]|\d+[.)])\s+")


def prose(text: str, *, links: bool = False) -> str:
    """Paragraphs, lists and fenced code of a text. `links`: addresses of the web can be followed."""
    # Between two fences every second part is code, which may have empty lines of its own.
    parts = _FENCED.split(text.strip())
    return "".join(
        f"<pre><code>{escape(part)}</code></pre>" if index % 2 else _paragraphs(part, links)
        for index, part in enumerate(parts)
    )


def _paragraphs(text: str, links: bool) -> str:
    blocks = [b.strip() for b in re.split(r"\n\s*\n", text.strip()) if b.strip()]
    return "".join(_block(block, links) for block in blocks)


def _block(block: str, links: bool) -> str:
    lines = block.split("\n")
    if not _LIST.match(lines[0]):
        # A list may follow its introduction without an empty line between them.
        start = next((i for i, line in enumerate(lines) if _LIST.match(line)), None)
        if start is not None:
            return _block("\n".join(lines[:start]), links) + _block("\n".join(lines[start:]), links)
        return f"<p>{_inline(block, links)}</p>"
    tag = "ol" if lines[0][0].isdigit() else "ul"
    items: list[str] = []
    for line in lines:
        if _LIST.match(line) or not items:
            items.append(_LIST.sub("", line, count=1))
        else:
            items[-1] += " " + line.strip()
    return f"<{tag}>" + "".join(f"<li>{_inline(item, links)}</li>" for item in items) + f"</{tag}>"


def _inline(text: str, links: bool) -> str:
    parts = re.split(r"`([^`\n]+)`", text)
    parts[1::2] = [f"<code>{escape(code)}</code>" for code in parts[1::2]]
    for index in range(0, len(parts), 2):
        plain = escape(parts[index])
        # Of a bounded length: a line of single stars would otherwise be looked through from each of them.
        plain = re.sub(r"\*\*(\S(?:.{0,500}?\S)?)\*\*", r"<strong>\1</strong>", plain)
        plain = re.sub(r"\*(\S(?:.{0,500}?\S)?)\*", r"<em>\1</em>", plain)
        if links:
            plain = _LINK.sub(_link, plain)
        parts[index] = plain.replace("\n", "<br>")
    return "".join(parts)


def _link(found: re.Match[str]) -> str:
    # What may end a sentence does not belong to the address before it; a semicolon may also end an `&amp;`.
    address = found[0].rstrip(".,:!?)]}")
    if not address.endswith("&amp;"):
        address = address.rstrip(";")
    if address.endswith("//"):
        return found[0]
    return f'<a href="{address}" rel="noopener noreferrer nofollow">{address}</a>{found[0][len(address) :]}'
