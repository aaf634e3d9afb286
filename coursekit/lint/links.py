"""Rules about links, headings, and what an image's description says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from coursekit.lint import catalog as rules
from coursekit.lint.catalog import Material
from coursekit.lint.finding import Finding
from coursekit.lint.prompts import question_cell
from coursekit.lint.visible import CODE_IN_MARKDOWN, blank, headings, images, is_open, line_at
from coursekit.model.notebook import Cell, Reveal

_LINK = re.compile(
    r"\]\(\s*<?([^)>\s]+)|^\s*\[[^\]]+\]:\s*<?([^>\s]+)|\b(?:src|href)\s*=\s*[\"']?([^\"'\s>]+)", re.M
)
_PROMPTS = 3
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
_HTML_ID = re.compile(r"<[^>]*\b(?:id|name)\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)
_FILE_NAME = re.compile(r"[\w./ -]*\.(?:png|svg|jpe?g|gif|webp|bmp|tiff?|pdf)", re.IGNORECASE)


def link_findings(material: Material) -> Iterator[Finding]:
    """Links that lead nowhere, headings that skip a level, descriptions that are a file's name."""
    anchors: set[str] | None = None
    for cell in material.notebook.cells:
        if isinstance(cell.role, Reveal) and _FILE_NAME.fullmatch(cell.role.alt.strip()):
            yield _only_a_name(material, cell, cell.role.alt.strip(), None)
        if cell.cell_type != "markdown" or not (isinstance(cell.role, Reveal) or is_open(cell)):
            continue
        for image in images(cell.source):
            if _FILE_NAME.fullmatch(image.alt.strip()):
                yield _only_a_name(material, cell, image.alt.strip(), image.line)
        prose = blank(CODE_IN_MARKDOWN, cell.source)
        for link in _LINK.finditer(prose):
            target = link[1] or link[2] or link[3]
            if _ELSEWHERE.match(target):
                continue
            if anchors is None and "#" in target:
                anchors = _anchors(material)
            missing = _missing(material, target, anchors or set())
            if missing is not None:
                yield rules.LINK_TO_NOTHING.at(
                    material.notebook_file,
                    cell,
                    f"The link to {target} leads nowhere: {missing}.",
                    "Mend the link; capital letters count.",
                    line=line_at(cell.source, link.start()),
                )
    yield from _levels(material)


def _missing(material: Material, target: str, anchors: set[str]) -> str | None:
    """What is not there, as the end of a sentence; none when all is."""
    path, _, anchor = unquote(target).partition("#")
    path = path.partition("?")[0].removeprefix("./")
    own = f"{material.module.id}.ipynb"
    if path.startswith(("../", "/")):
        return "it leads out of the module's folder, and learners have nothing else"
    if path.startswith("exhibits/"):
        # Their own rule looks for them.
        return None
    if path and path not in material.files and path not in (own, "prompts.json"):
        return f"there is no {path} in the module's folder"
    if anchor and path in ("", own) and not {anchor.casefold(), _plain(anchor)} & anchors:
        return f"no heading has the anchor #{anchor}"
    return None


def _anchors(material: Material) -> set[str]:
    """As JupyterLab makes them, spaces to hyphens, and as other pages do, without punctuation."""
    found: set[str] = set()
    for _, _, _, words in headings(material.notebook):
        lab = re.sub(r"[*_`]|\[|\]\([^)]*\)", "", words).strip().replace(" ", "-").casefold()
        found |= {lab, _plain(lab)}
    for cell in material.notebook.cells:
        found |= (
            {m[1].casefold() for m in _HTML_ID.finditer(cell.source)}
            if cell.cell_type == "markdown"
            else set()
        )
    return found


def _plain(anchor: str) -> str:
    return re.sub(r"[^\w-]", "", anchor.casefold())


def _only_a_name(material: Material, cell: Cell, alt: str, line: int | None) -> Finding:
    return rules.ALT_IS_FILE_NAME.at(
        material.notebook_file,
        cell,
        f"The description of an image is the name of a file: {alt}.",
        "Say what it shows, in one or two sentences.",
        line=line,
    )


def _levels(material: Material) -> Iterator[Finding]:
    notebook = material.notebook
    asking = {c.index for cell, _ in notebook.prompts() if (c := question_cell(notebook, cell)) is not None}
    # The lab draws a form's title as a heading of this level, so those in the text are of it as well.
    forms = [cell.index for cell, prompt in notebook.prompts() if not prompt.kind.in_notebook]
    before, at = 6, 0
    for cell, line, level, words in headings(notebook):
        if any(at < form < cell.index for form in forms):
            before = _PROMPTS
        if level > before + 1 and not (level == _PROMPTS and cell.index in asking):
            yield rules.HEADING_SKIPS.at(
                material.notebook_file,
                cell,
                f"The heading “{words}” has level {level}, and the one before it has {before}.",
                f"Give it {before + 1} number signs.",
                line=line,
            )
        before, at = level, cell.index
