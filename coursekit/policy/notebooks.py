"""Which file of a submission is which notebook of the module."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coursekit.model.grading import MasterNotebook, Remark
from coursekit.policy.submitted import find_grade_ids

_ENDING = ".ipynb"


@dataclass(frozen=True)
class Assigned:
    """The files that are graded."""

    files: Mapping[str, str]
    """Notebook's name, without ending → the file's path in the submission."""
    missing: tuple[str, ...] = ()
    """Notebooks that were not handed in. nbgrader gives zero points for each of their cells."""
    doubtful: tuple[str, ...] = ()
    """Notebooks that are not there by their name, while more than one file might be it. A person must look."""
    remarks: tuple[Remark, ...] = ()


def find_notebooks(there: Mapping[str, bytes], masters: Sequence[MasterNotebook]) -> Assigned:
    """Who is who. `there`: path in the submission → content, of all that is called a notebook.

    A notebook goes by its name. One with another name is taken for a missing one if it carries most of the names
    of that one's cells, and no other does.
    """
    files = {m.name: f"{m.name}{_ENDING}" for m in masters if f"{m.name}{_ENDING}" in there}
    others = [path for path in sorted(there) if path not in files.values() and not _is_hidden(path)]
    names = {path: find_grade_ids(there[path]) for path in others} if len(files) < len(masters) else {}
    fits = {m.name: [p for p in others if _carries(names[p], m)] for m in masters if m.name not in files}
    missing, doubtful, remarks = [], [], []
    for name, paths in fits.items():
        rivals = [other for other, theirs in fits.items() if other != name and set(theirs) & set(paths)]
        if len(paths) == 1 and not rivals:
            files[name] = paths[0]
            remarks.append(Remark("renamed-notebook", f"{name} was handed in under another name."))
        elif paths:
            doubtful.append(name)
            detail = f"{name} is not there by its name, and it is not plain which file it is."
            remarks.append(Remark("ambiguous-notebook", detail))
        else:
            missing.append(name)
            remarks.append(Remark("missing-notebook", f"{name} was not handed in."))
    extra = [path for path in others if path not in files.values()]
    if extra:
        detail = f"{len(extra)} of the notebooks handed in are none of the module's; they were not graded."
        remarks.append(Remark("extra-notebook", detail))
    return Assigned(files, tuple(missing), tuple(doubtful), tuple(remarks))


def _is_hidden(path: str) -> bool:
    """Whether it is an editor's own copy, such as those in .ipynb_checkpoints."""
    return any(part.startswith(".") for part in path.split("/"))


def _carries(names: frozenset[str], master: MasterNotebook) -> bool:
    """Half of them could be chance: modules call their cells alike, `setup` and `p1` and so on."""
    own = {cell.grade_id for cell in master.cells}
    return len(names & own) * 2 > len(own) and len(names & own) * 2 > len(names)
