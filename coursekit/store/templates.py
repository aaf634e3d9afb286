"""The templates that come with coursekit, as files: coursekit/templates/<name>/.

<name>/template.yml                      summary, minutes, role; parts, where it makes several modules
       [<part>/] module.ipynb  rubrics.yml  exemplars.yml
                 case/{case.md, teaching-note.md, SOURCES.md, exhibits/}
course/                                  what a new course begins from
"""

from __future__ import annotations

import json
from pathlib import Path

from coursekit.policy.templates import Part, Template
from coursekit.store.authored import parse_yaml

_ROOT = Path(__file__).parent.parent / "templates"
_COURSE = "course"


class Templates:
    """Reads them; what a template must have, the tests of it say."""

    def names(self) -> list[str]:
        """The templates for modules, by name."""
        return sorted(p.parent.name for p in _ROOT.glob("*/template.yml"))

    def get(self, name: str) -> Template:
        """The template of that name."""
        folder = _ROOT / name
        about = parse_yaml((folder / "template.yml").read_text(encoding="utf-8"), "template.yml")
        parts = about.get("parts", [""])
        return Template(
            name,
            about["summary"],
            about["minutes"],
            about["role"],
            tuple(_part(folder / suffix, suffix) for suffix in parts),
        )

    def course(self) -> dict[str, str]:
        """The files of a new course: name → text with blanks."""
        return _texts(_ROOT / _COURSE)


def _part(folder: Path, suffix: str) -> Part:
    beside = {
        path: text
        for path, text in _texts(folder).items()
        if "/" not in path and path not in ("module.ipynb", "template.yml")
    }
    notebook = json.loads((folder / "module.ipynb").read_text(encoding="utf-8"))
    return Part(suffix, notebook, beside, _texts(folder / "case"))


def _texts(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".") and "__pycache__" not in path.parts
    }
