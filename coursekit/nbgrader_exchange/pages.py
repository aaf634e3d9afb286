"""Learners' HTML on nbgrader's pages, made harmless: formgrader, and the feedback that nbgrader generates.

nbconvert's own `sanitize_html` takes tables and headings out of outputs, and nbgrader's pages show what stands in a
markdown cell as it is. `configure` sets these two in the places of the filters through which both go.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

_TAGS = frozenset(
    {
        *("a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "del", "details", "div", "dl", "dt"),
        *("em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd"),
        *("li", "mark", "ol", "p", "pre", "q", "s", "small", "span", "strong", "sub", "summary", "sup"),
        *("table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul"),
    }
)
_PLAIN = frozenset(
    {"align", "alt", "colspan", "height", "open", "rowspan", "scope", "start", "title", "width"}
)
_PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*")
_OF_TABLES_AND_CODE = re.compile(r"dataframe|highlight|[a-z][a-z0-9]?")
# How pandas wants its tables to look; as text it would stand above each of them.
_STYLE = re.compile(r"<style\b[^>]*>.*?</style\s*>", re.IGNORECASE | re.DOTALL)


def clean_html(html: Any) -> str:
    """HTML in which nothing runs, asks elsewhere, or passes for a part of the page. What is taken out is shown."""
    import bleach

    text = html.decode("utf-8", "replace") if isinstance(html, bytes) else str(html)
    cleaned: str = bleach.clean(
        _STYLE.sub("", text),
        tags=_TAGS,
        attributes=_is_harmless,
        protocols=("http", "https", "mailto", "data"),
    )
    return cleaned


def strip_files_prefix(html: str) -> str:
    """nbconvert's filter of that name, through which all rendered markdown goes; and cleaned."""
    from nbconvert.filters import strip_files_prefix as strip

    return clean_html(strip(html))


def _is_harmless(tag: str, name: str, value: str) -> bool:
    """Ids and classes could be taken for formgrader's own fields."""
    if name == "href":
        return tag == "a" and urlsplit(value).scheme in ("", "http", "https", "mailto")
    if name == "src":
        # A picture elsewhere would tell its owner who reads, and when.
        parts = urlsplit(value)
        is_beside = not parts.scheme and not parts.netloc and not value.lstrip().startswith(("/", "\\"))
        return tag == "img" and (is_beside or _PICTURE.fullmatch(value) is not None)
    return name in _PLAIN or (name == "class" and _OF_TABLES_AND_CODE.fullmatch(value) is not None)
