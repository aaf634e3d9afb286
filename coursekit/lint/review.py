"""One look at everything: each rule in turn, and the findings in the order of the files and cells."""

from __future__ import annotations

from coursekit.lint.catalog import Material
from coursekit.lint.finding import Finding
from coursekit.lint.prompts import exemplar_findings, prompt_findings
from coursekit.lint.rubrics import rubric_findings
from coursekit.lint.structure import cell_findings, exhibit_findings, reveal_findings


def module_findings(material: Material) -> list[Finding]:
    """Everything that is wrong in one module."""
    found = [
        *cell_findings(material),
        *prompt_findings(material),
        *reveal_findings(material),
        *exhibit_findings(material),
        *exemplar_findings(material),
        *rubric_findings(material),
    ]
    # The notebook first, from top to bottom, then the files beside it.
    return sorted(found, key=lambda f: (f.file != material.notebook_file, f.cell or 0, f.code))
