"""What runs of a repaired notebook, in which order, and what of it the learner's process may see.

    the learner's line     every code cell in its order: their own code, and the author's without hidden tests
    a check                all of it, later, in a snapshot of the moment at which its cell had its turn

Hidden tests never enter the learner's process while it runs. So what one of them does is not there for the next
check, as it would be in nbgrader. That is what the prelude is for: the statements out of earlier hidden tests that
bind a name which the check uses, or that may have changed a value which it uses, and those on which they build, and
no others. A name belongs to who bound it last before the check, as in any process; what is not hidden is in the
snapshot already, unless it builds on what is. The learner's code is looked at only where it could have bound such
a name afterwards.

A cell that was missing from the submission holds the release's stub. It is shown and does not run: what it would
define could undo what the learner wrote in another place.
"""

from __future__ import annotations

import ast
import re
import symtable
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from textwrap import indent

from coursekit.model.grading import MasterCell, MasterNotebook, Repaired, Step
from coursekit.policy.repair import MISSING

BEGIN_HIDDEN, END_HIDDEN = "BEGIN HIDDEN TESTS", "END HIDDEN TESTS"
"""nbgrader's marks around hidden tests, unless its configuration says otherwise."""

_PARSED_LENGTH = 100_000
"""Of a learner's cell. Parsing more would take the grader's own time and memory."""


def strip_hidden(source: str, begin: str = BEGIN_HIDDEN, end: str = END_HIDDEN) -> str:
    """A source without its hidden tests, as `nbgrader generate_assignment` releases it.

    Where nbgrader would stop, at a region in a region or without an end, this hides all of it.
    """
    lines = source.split("\n")
    return "\n".join(lines[number] for number in _visible(lines, begin, end))


def steps(
    repaired: Repaired, master: MasterNotebook, begin: str = BEGIN_HIDDEN, end: str = END_HIDDEN
) -> tuple[Step, ...]:
    """A step for each code cell that runs."""
    put_back = {remark.cell for remark in repaired.remarks if remark.code == MISSING}
    known = {cell.grade_id: cell for cell in master.cells}
    history = _History(begin, end) if master.language == "python" else None
    found = []
    for place, cell in enumerate(repaired.notebook["cells"]):
        if cell["cell_type"] != "code":
            continue
        own = known.get(cell["metadata"].get("nbgrader", {}).get("grade_id"))
        if own is None or not own.locked:
            if own is None or own.grade_id not in put_back:
                found.append(Step(place, cell["source"]))
                if history is not None:
                    history.add_learners(cell["source"])
            continue
        check = own.source if own.is_check else None
        prelude = history.prelude(own.source) if history is not None and check is not None else ""
        alone = check is not None and not prelude and stands_alone(check, own.released, begin, end)
        found.append(Step(place, own.released, check, prelude, stands_alone=alone))
        if history is not None:
            history.add_authors(own)
    return tuple(found)


@lru_cache(maxsize=2048)
def stands_alone(source: str, released: str, begin: str = BEGIN_HIDDEN, end: str = END_HIDDEN) -> bool:
    """Whether a check fails as a whole when its visible part fails: nothing visible builds on what is hidden."""
    if source == released:
        return True
    deeds = _deeds(source, released, begin, end)
    made = frozenset[str]().union(*(d.binds | d.assigns | d.touches for d in deeds if d.is_hidden))
    used = frozenset[str]().union(*(d.uses for d in deeds if not d.is_hidden))
    return bool(deeds) and made.isdisjoint(used)


def _visible(lines: Sequence[str], begin: str, end: str) -> list[int]:
    visible, inside = [], False
    for number, line in enumerate(lines):
        if begin in line:
            inside = True
        elif end in line:
            inside = False
        elif not inside:
            visible.append(number)
    return visible


# what hidden tests bind


@dataclass(frozen=True)
class _Deed:
    """What one statement of the author's does to the names of the notebook."""

    code: str
    is_hidden: bool
    """Learners did not get it; or it builds on something that they did not get."""
    binds: frozenset[str]
    assigns: frozenset[str]
    """Of these, the names of values: neither functions nor classes nor modules."""
    touches: frozenset[str]
    """Names whose value it may change without binding them anew: something is called on them, or with them."""
    uses: frozenset[str]
    always: bool = True
    """Whether it binds in any case, and not under a condition."""
    check: int = 0
    """Which of the author's cells it stands in."""


class _History:
    """All that came before a check, in the notebook's order."""

    def __init__(self, begin: str, end: str) -> None:
        self._begin, self._end = begin, end
        self._past: list[_Deed | str] = []
        """A text is a learner's cell."""
        self._hides = False

    def add_learners(self, source: str) -> None:
        self._past.append(source)

    def add_authors(self, cell: MasterCell) -> None:
        place = len(self._past)
        for deed in _deeds(cell.source, cell.released, self._begin, self._end):
            builds = self._hides and any(self._makers(name, len(self._past))[0] for name in deed.uses)
            self._past.append(replace(deed, is_hidden=deed.is_hidden or builds, check=place))
            self._hides |= deed.is_hidden

    def prelude(self, check: str) -> str:
        """The code that a check needs out of earlier hidden tests."""
        if not self._hides:
            return ""
        wanted: dict[int, _Deed] = {}
        waiting = [(name, len(self._past)) for name in _needed(check)]
        seen = set(waiting)
        while waiting:
            binding, touching = self._makers(*waiting.pop())
            for number, deed in (*binding, *touching):
                wanted[number] = deed
                new = {(name, number) for name in deed.uses} - seen
                seen |= new
                waiting += new
        return _in_blocks([wanted[number] for number in sorted(wanted)])

    def _makers(self, name: str, before: int) -> tuple[list[tuple[int, _Deed]], list[tuple[int, _Deed]]]:
        """The hidden statements that made a name what it was then, and those that touched its value since."""
        binding: list[tuple[int, _Deed]] = []
        touching: list[tuple[int, _Deed]] = []
        is_value = False
        for number in reversed(range(before)):
            deed = self._past[number]
            if isinstance(deed, str):
                if _binds(deed, name, _bound_by):
                    is_value |= _binds(deed, name, _assigned_by)
                    break
            elif name in deed.binds:
                is_value |= name in deed.assigns
                if not deed.is_hidden:
                    break
                binding.append((number, deed))
                if deed.always:
                    break
            elif name in deed.touches and deed.is_hidden:
                touching.append((number, deed))
        return binding, touching if is_value else []


def _in_blocks(deeds: Sequence[_Deed]) -> str:
    """The statements in their order. Where one fails, the rest of its check's is left out, and no more."""
    blocks = ["\n".join(deed.code for deed in group) for _, group in groupby(deeds, lambda deed: deed.check)]
    guarded = [f"try:\n{indent(block, '    ')}\nexcept Exception:\n    pass" for block in blocks[:-1]]
    return "\n".join([*guarded, *blocks[-1:]])


def _binds(source: str, name: str, by: Callable[[ast.AST], Iterator[str]]) -> bool:
    """Whether a learner's cell binds the name."""
    # Most cells do not even hold the word. A stranger's code is parsed where it matters, and not if it is endless.
    if len(source) > _PARSED_LENGTH or not re.search(rf"\b{re.escape(name)}\b", source):
        return False
    return any(name in _names(statement, by) for statement in _parse(source))


@lru_cache(maxsize=2048)
def _deeds(source: str, released: str, begin: str, end: str) -> tuple[_Deed, ...]:
    hidden = _hidden_lines(source, released, begin, end)
    deeds = []
    for statement in _parse(source):
        lines = range(_first_line(statement), (statement.end_lineno or 0) + 1)
        is_hidden = any(line in hidden for line in lines)
        deeds.append(
            _Deed(
                ast.unparse(statement),
                is_hidden,
                _names(statement, _bound_by),
                _names(statement, _assigned_by),
                _names(statement, _touched_by),
                _used(statement),
                not isinstance(statement, _CONDITIONS),
            )
        )
    return tuple(deeds)


@lru_cache(maxsize=2048)
def _needed(check: str) -> tuple[str, ...]:
    """The names that a check uses before it has bound them itself."""
    needed: set[str] = set()
    bound: set[str] = set()
    for statement in _parse(check):
        needed |= _used(statement) - bound
        bound |= frozenset() if isinstance(statement, _CONDITIONS) else _names(statement, _bound_by)
    return tuple(sorted(needed))


def _hidden_lines(source: str, released: str, begin: str, end: str) -> set[int]:
    """Numbers, from 1, of the lines that learners did not get."""
    lines = source.split("\n")
    visible = _visible(lines, begin, end)
    if "\n".join(lines[number] for number in visible) != released:
        # Then other marks than these hid them; what was released says which lines are left.
        visible = list(_subsequence(lines, released.split("\n")))
    return set(range(1, len(lines) + 1)) - {number + 1 for number in visible}


def _subsequence(lines: Sequence[str], wanted: Iterable[str]) -> Iterator[int]:
    number = 0
    for line in wanted:
        while number < len(lines) and lines[number] != line:
            number += 1
        if number < len(lines):
            yield number
        number += 1


def _parse(source: str) -> list[ast.stmt]:
    """The statements; none of what is not plain Python, such as a cell with magics."""
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _used(statement: ast.stmt) -> frozenset[str]:
    """The names that a statement looks up in the notebook, also from inside of its functions."""
    try:
        waiting = [symtable.symtable(ast.unparse(statement), "cell", "exec")]
    except (SyntaxError, ValueError, RecursionError):
        return frozenset()
    used = {
        node.target.id
        for node in ast.walk(statement)
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)
    }
    while waiting:
        table = waiting.pop()
        is_top = table.get_type() == "module"
        used |= {s.get_name() for s in table.get_symbols() if s.is_referenced() and (is_top or s.is_global())}
        waiting += table.get_children()
    return frozenset(used)


def _names(statement: ast.stmt, by: Callable[[ast.AST], Iterator[str]]) -> frozenset[str]:
    return frozenset(name for node in _in_this_scope(statement) for name in by(node))


def _in_this_scope(statement: ast.stmt) -> Iterator[ast.AST]:
    """The nodes of a statement without what is inside of functions, classes and comprehensions."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _SCOPES):
            waiting += ast.iter_child_nodes(node)


_CONDITIONS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.TryStar, ast.Match)
_HARMLESS = frozenset(
    {"print", "isinstance", "len", "type", "repr", "str", "hasattr", "callable", "round", "abs"}
)
"""Functions that change nothing, and take nothing out of an iterator."""
_SCOPES = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)


def _bound_by(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
    elif isinstance(node, ast.MatchAs | ast.MatchStar) and node.name:
        yield node.name
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest


def _assigned_by(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id


def _touched_by(node: ast.AST) -> Iterator[str]:
    """The names of values that a node may change: `cases.append(…)`, `next(cases)`, `table["a"] = …`."""
    if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
        yield from _names_in(node.value)
    elif isinstance(node, ast.Call) and not (isinstance(node.func, ast.Name) and node.func.id in _HARMLESS):
        for part in (node.func, *node.args, *(keyword.value for keyword in node.keywords)):
            yield from _names_in(part)


def _names_in(node: ast.AST) -> Iterator[str]:
    return (inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name))


def _first_line(statement: ast.stmt) -> int:
    decorators: Sequence[ast.expr] = getattr(statement, "decorator_list", ())
    return min([statement.lineno, *(d.lineno for d in decorators)])
