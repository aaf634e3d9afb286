"""One look at everything: each rule in turn, and the findings in the order of the files and cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from coursekit.lint.answers import answer_findings
from coursekit.lint.catalog import RULES, Material, only_run
from coursekit.lint.concepts import concept_findings
from coursekit.lint.finding import Finding
from coursekit.lint.fixes import fixes
from coursekit.lint.languages import translation_findings
from coursekit.lint.leaks import leak_findings
from coursekit.lint.links import link_findings
from coursekit.lint.prompts import exemplar_findings, prompt_findings
from coursekit.lint.reading import time_findings
from coursekit.lint.rubrics import rubric_findings
from coursekit.lint.silence import Silence, keep_quiet, silences
from coursekit.lint.sources import source_findings
from coursekit.lint.structure import cell_findings, exhibit_findings, reveal_findings

_KNOWN = {rule.code: rule for rule in RULES}


def module_findings(material: Material) -> list[Finding]:
    """Everything that is wrong in one module, and that its author does not allow.

    What is about the module and stands in course.yml (its minutes) is among it, and is allowed there.
    """
    found = [
        *cell_findings(material),
        *prompt_findings(material),
        *reveal_findings(material),
        *answer_findings(material),
        *exhibit_findings(material),
        *exemplar_findings(material),
        *rubric_findings(material),
        *concept_findings(material),
        *time_findings(material),
        *link_findings(material),
        *leak_findings(material),
        *source_findings(material),
        *translation_findings(material),
    ]
    mended = {(fix.code, fix.cell) for fix in fixes(material)}
    found = [replace(f, fixable=True) if (f.code, f.cell) in mended else f for f in found]
    # The notebook first, from top to bottom, then the files beside it.
    # What allows a finding of a run is judged when there was one.
    allowed = [s for s in _allowed(material) if not (only_run(s.code) and s.reason)]
    return in_order(keep_quiet(found, allowed, _KNOWN), material.notebook_file)


def run_findings(material: Material, found: Iterable[Finding]) -> list[Finding]:
    """What a run found and the module's author does not allow; and what they allow for nothing."""
    found = list(found)
    allowed = [s for s in _allowed(material) if only_run(s.code) and s.reason]
    kept = keep_quiet(found, allowed, _KNOWN)
    if any(f.is_error for f in found):
        # The run did not come to its end, so nobody knows what there would be to allow.
        kept = [f for f in kept if f in found]
    return in_order(kept, material.notebook_file)


def quiet(findings: Iterable[Finding], allowed: Sequence[Silence]) -> list[Finding]:
    """The findings that these comments do not allow, and those about the comments."""
    return keep_quiet(findings, allowed, _KNOWN)


def in_order(findings: Iterable[Finding], first: str) -> list[Finding]:
    """One file first, from top to bottom; then the files beside it."""
    return sorted(
        findings, key=lambda f: (f.file != first, f.cell or 0, f.line or 0 if f.cell else 0, f.code)
    )


def _allowed(material: Material) -> list[Silence]:
    found: list[Silence] = []
    for cell in material.notebook.cells:
        found += silences(material.notebook_file, cell.source, cell)
    for file, text in material.texts.items():
        found += silences(file, text)
    return found
