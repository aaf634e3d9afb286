"""What a commitment opened, as displays that every front end can show."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from coursekit.model.submission import RevealedCell

Bundle = dict[str, Any]
"""One display: MIME type → content."""


def bundle(text: str, html: str) -> Bundle:
    """A display that every front end can show."""
    return {"text/plain": text, "text/html": html}


def reveal_bundles(cells: Sequence[RevealedCell]) -> list[Bundle]:
    """What a commitment opened, a display each: text as Markdown, outputs as they were, charts described."""
    shown: list[Bundle] = []
    for cell in cells:
        if cell.cell_type == "code":
            shown.extend(found for output in cell.outputs if (found := _output(output, cell.alt)))
        elif cell.source.strip():
            shown.append({"text/markdown": cell.source, "text/plain": cell.source})
    return shown


def _output(output: Mapping[str, Any], alt: str) -> Bundle | None:
    kind = output.get("output_type")
    if kind == "stream":
        return {"text/plain": _joined(output.get("text", ""))}
    if kind == "error":
        return {"text/plain": f"{output.get('ename', 'Error')}: {output.get('evalue', '')}"}
    data = {
        mime: content if "json" in mime else _joined(content)
        for mime, content in _mapping(output.get("data")).items()
        # A widget's state stayed in the author's kernel.
        if mime != "application/vnd.jupyter.widget-view+json"
    }
    if "text/html" not in data:
        picture = next((mime for mime in ("image/svg+xml", "image/png", "image/jpeg") if mime in data), None)
        if picture is not None:
            return _picture(picture, data[picture], alt)
    return data or None


def _picture(mime: str, content: str, alt: str) -> Bundle:
    """An image as an <img>: the front ends' own way of showing one has no room for a description."""
    words = alt or "A chart, without a description."
    # Nor does a script in an SVG run inside an <img>.
    encoded = (
        base64.b64encode(content.encode()).decode() if mime == "image/svg+xml" else "".join(content.split())
    )
    html = f'<img alt="{escape(words)}" src="data:{mime};base64,{escape(encoded)}" style="max-width: 100%">'
    return bundle(words, html)


def _joined(content: Any) -> str:
    # nbformat files may keep a text as a list of its lines.
    return content if isinstance(content, str) else "".join(str(part) for part in content)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
