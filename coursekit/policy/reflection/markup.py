"""What markdown and HTML in an answer look like to a reader: the words without the marks, and what is hidden.

Edits are found step by step, in the order of the text: where, what stands there instead, and how many
characters of it nobody sees on the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

Edit = tuple[int, int, str, int]
"""Start, end, what stands there instead, how many characters are hidden by it."""
_PARAGRAPH = "\u2029"
_CAPTION = 300
"""Characters; longer ones describe no picture."""

_TAG = re.compile(
    r"<(/?)([A-Za-z][A-Za-z0-9-]{0,30})((?:\s|/)(?:\"[^\"]{0,9000}\"|'[^']{0,9000}'|[^<>\"']){0,9000}+)?>"
)
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^\s<>]{1,500})>")
_BLOCKS = frozenset(
    str.split(
        "address article blockquote br caption dd details div dl dt figure footer h1 h2 h3 h4 h5 h6 header "
        "hr li ol p pre section summary table tbody td th thead tr ul"
    )
)
_VOID = frozenset(str.split("area base br col embed hr img input link meta source track wbr"))
_NEVER_SHOWN = frozenset(str.split("head noembed noscript script style template title"))
_HIDING = re.compile(
    r"(?i)display\s{0,5}:\s{0,5}none|visibility\s{0,5}:\s{0,5}(?:hidden|collapse)"
    r"|opacity\s{0,5}:\s{0,5}0?\.?0\d{0,3}\b|font-size\s{0,5}:\s{0,5}(?:0|[0-3](?:\.\d{1,3})?(?:px|pt)|"
    r"0?\.\d{1,3}r?em)"
    r"|(?<![-\w])color\s{0,5}[:=]\s{0,5}[\"']?(?:white\b|snow\b|ivory\b|transparent\b|#f{3}\b|#f{6}\b|"
    r"#fefefe\b"
    r"|rgba?\(\s{0,5}25[0-5]\s{0,5},\s{0,5}25[0-5]\s{0,5},\s{0,5}25[0-5]|hsl\([^)]{0,20}100%\))"
    r"|(?:text-indent|left|top|margin-left)\s{0,5}:\s{0,5}-\d{3,}"
    r"|(?<![-\w])(?:max-)?(?:height|width)\s{0,5}[:=]\s{0,5}[\"']?[01](?:px)?(?![\d.%])"
    r"|clip(?:-path)?\s{0,5}:|(?:^|\s)hidden(?:\s|=|/|$)|aria-hidden\s{0,5}=\s{0,5}[\"']?true"
    r"|<?font[^>]{0,100}size\s{0,5}=\s{0,5}[\"']?-?[01]\b"
)

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# Mathematics is typeset in notebooks, and can set words in white or in nothing at all.
_PHANTOM = re.compile(
    r"\\(?:[hv]?phantom|(?:text)?color\s{0,3}\{(?:white|#f{3}|#f{6})\}|tiny)\s{0,3}\{([^{}]{0,9000})\}"
)

_FENCE = re.compile(r"^[ \t]{0,3}(?:`{3,}|~{3,})[^\n`]{0,200}$", re.M)
_DEFINITION = re.compile(r"^[ ]{0,3}\[[^\]\n]{1,200}\]:[ \t]*(\S{0,1000})[ \t]*([^\n]{0,9000})$", re.M)
_RULE = re.compile(
    r"^[ \t]{0,3}(?:(?:-[ \t]{0,3}){3,100}|(?:\*[ \t]{0,3}){3,100}|(?:_[ \t]{0,3}){3,100}|=+)$", re.M
)
_ROW_RULE = re.compile(
    r"^[ \t]{0,3}\|?(?:[ \t]{0,20}:?-+:?[ \t]{0,20}\|){1,50}(?:[ \t]{0,20}:?-+:?)?[ \t]*$", re.M
)
_ROW = re.compile(r"^[ \t]{0,3}\|[^\n]*$", re.M)
_LINE_MARK = re.compile(
    r"^[ \t]{0,20}(?:(?:>[ \t]?){1,9}[ \t]{0,9}(?:[-*+•‣◦][ \t]+)?|#{1,6}[ \t]+|[-*+•‣◦–][ \t]+|"
    r"\d{1,3}[.)][ \t]+)",
    re.M,
)
_HARD_BREAK = re.compile(r"(?:(?<! )[ ]{2,}+|\\)\n")
_HEADING_END = re.compile(r"^[ \t]{0,3}#{1,6}[ \t][^\n]*(\n)", re.M)

_IMAGE = re.compile(
    r"!\[([^\[\]\n]{0,9000})\](?:\([^()\n]{0,9000}(?:\([^()\n]{0,200}\)[^()\n]{0,500})?\)|\[[^\]\n]{0,200}\])"
)
_LINK = re.compile(
    r"\[([^\[\]\n]{1,1000})\](?:\([^()\n]{0,9000}(?:\([^()\n]{0,200}\)[^()\n]{0,500})?\)|\[[^\]\n]{0,200}\])"
)
_STARS = re.compile(r"\*{1,3}(?=[^\s*])|(?<=[^\s*])\*{1,3}")
_UNDERSCORES = re.compile(r"(?<!\w)_{1,3}(?=[^\s_])|(?<=[^\s_])_{1,3}(?!\w)")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_INLINE = re.compile(r"`{1,3}|~~")


def html_edits(text: str) -> Iterator[Edit]:
    """Comments and tags; words that a style hides go with them."""
    if "<" not in text:
        return
    at, done = text.find("<"), 0
    while at != -1:
        edit = _comment(text, at) or _tag(text, at)
        if edit is not None and edit[0] >= done:
            yield edit
            done = edit[1]
        at = text.find("<", max(at + 1, done))


def _comment(text: str, at: int) -> Edit | None:
    if text.startswith("<!--", at):
        end = text.find("-->", at + 4)
        # A comment that is never closed hides all that follows.
        inner = (at + 4, len(text)) if end == -1 else (at + 4, end)
        return at, len(text) if end == -1 else end + 3, "", _letters(text, *inner)
    if text.startswith(("<!", "<?"), at):
        end = text.find(">", at, at + 2000)
        return None if end == -1 else (at, end + 1, "", _letters(text, at, end))
    return None


def _tag(text: str, at: int) -> Edit | None:
    link = _AUTOLINK.match(text, at)
    if link:
        return at, link.end(), link[1], 0
    found = _TAG.match(text, at)
    if found is None:
        return None
    name = found[2].lower()
    if not found[1] and name not in _VOID and (name in _NEVER_SHOWN or _hides(found)):
        end = _closing(text, name, found.end())
        return at, end, " ", _letters(text, found.end(), end)
    return at, found.end(), _PARAGRAPH if name in _BLOCKS else "", 0


def _hides(found: re.Match[str]) -> bool:
    return found[3] is not None and _HIDING.search(found[0].strip("<>")) is not None


def _closing(text: str, name: str, start: int) -> int:
    # Elements in elements of the same name are closed inside out; beyond thirty nobody counts any more.
    depth = 1
    for found in re.compile(rf"(?i)<(/?){name}\b[^<>]{{0,2000}}>").finditer(text, start):
        depth += -1 if found[1] else 1
        if depth == 0:
            return found.end()
        if depth > 30:
            break
    return len(text)


def _letters(text: str, start: int, end: int) -> int:
    return sum(not char.isspace() for char in text[start:end])


def line_edits(text: str) -> Iterator[Edit]:
    """What stands at the beginning of a line: headings, lists, quotes, tables, fences, definitions of links."""
    edits: list[Edit] = []
    for pattern in (_FENCE, _RULE, _ROW_RULE):
        edits += [(f.start(), f.end(), _PARAGRAPH, 0) for f in pattern.finditer(text)]
    # `[//]: # (words)` is how one hides words in markdown.
    edits += [(f.start(), f.end(), _PARAGRAPH, _title(f)) for f in _DEFINITION.finditer(text)]
    edits += [(f.start(), f.end(), _PARAGRAPH, 0) for f in _LINE_MARK.finditer(text)]
    edits += [(f.start(), f.end(), _PARAGRAPH, 0) for f in _HARD_BREAK.finditer(text)]
    edits += [(*f.span(1), _PARAGRAPH, 0) for f in _HEADING_END.finditer(text)]
    for row in _ROW.finditer(text):
        bars = [at for at in range(row.start(), row.end()) if text[at] == "|"]
        edits += [(at, at + 1, _PARAGRAPH if n == 0 else " ", 0) for n, at in enumerate(bars)]
    yield from _one_after_the_other(edits)


def _title(found: re.Match[str]) -> int:
    title: str = found[2].strip("\"'() \t")
    return sum(not char.isspace() for char in title)


def inline_edits(text: str) -> Iterator[Edit]:
    """Inside a line: images, links, emphasis, code, entities, invisible mathematics."""
    edits: list[Edit] = []
    if "&" in text:
        edits += [(f.start(), f.end(), unescape(f[0]), 0) for f in _ENTITY.finditer(text)]
    if "\\" in text:
        edits += [(f.start(), f.end(), f[1], 0) for f in _ESCAPED.finditer(text)]
        edits += [(f.start(), f.end(), " ", _letters(text, *f.span(1))) for f in _PHANTOM.finditer(text)]
    if "](" in text or "][" in text:
        # Who sees a picture does not see what is written instead of it: a few words for those who cannot.
        edits += [(f.start(), f.end(), " ", _beyond_a_caption(f[1])) for f in _IMAGE.finditer(text)]
        for found in _LINK.finditer(text):
            edits.append((found.start(), found.start() + 1, "", 0))
            edits.append((found.end(1), found.end(), "", 0))
    for found in _STARS.finditer(text):
        if not _between_digits(text, *found.span()):
            edits.append((found.start(), found.end(), "", 0))
    for pattern in (_UNDERSCORES, _INLINE):
        edits += [(f.start(), f.end(), "", 0) for f in pattern.finditer(text)]
    yield from _one_after_the_other(edits)


def _beyond_a_caption(words: str) -> int:
    return len(words) if len(words) > _CAPTION else 0


def _between_digits(text: str, start: int, end: int) -> bool:
    return start > 0 and end < len(text) and text[start - 1].isdigit() and text[end].isdigit()


def _one_after_the_other(edits: list[Edit]) -> Iterator[Edit]:
    done = 0
    # Of two that begin at the same place the longer one is meant.
    for edit in sorted(edits, key=lambda e: (e[0], -e[1])):
        if edit[0] >= done:
            yield edit
            done = edit[1]
