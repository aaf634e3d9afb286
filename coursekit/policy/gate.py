"""When a module opens, and why it does not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from coursekit.model.course import Course, Gate, GateKind, Module
from coursekit.model.ids import ModuleId
from coursekit.model.outcome import Allowed, Decision, Refused
from coursekit.model.people import Record
from coursekit.policy.timing import in_words


def may_open(course: Course, module: Module, record: Record, now: datetime) -> Decision:
    """Whether this learner may have the module now."""
    if module.id in record.waived or module.id in record.kept_open:
        return Allowed()
    for before in module.after:
        decision = is_done(course.get_module(before), module.gate, record)
        if isinstance(decision, Refused):
            return decision
    if module.opens is not None and now < module.opens:
        return Refused(
            "not-open-yet",
            f"“{module.title}” opens on {in_words(module.opens, course.time_zone)}.",
            "Come back then; nothing else is missing.",
        )
    return Allowed()


def is_done(module: Module, gate: Gate, record: Record) -> Decision:
    """Whether a prerequisite is done as the gate of its successor asks."""
    title = module.title
    if gate.kind is not GateKind.COMMITTED and module.id not in record.submitted:
        return Refused(
            "previous-not-submitted",
            f"“{title}” is not handed in yet.",
            f"Hand in “{title}”, then open this one.",
        )
    if gate.kind is not GateKind.PASSED and module.id not in record.committed:
        return Refused(
            "prompts-not-committed",
            f"“{title}” still has required prompts that are not committed.",
            f"Open “{title}”, commit the prompts that are left"
            + (", then open this one." if gate.kind is GateKind.COMMITTED else ", and hand it in again."),
        )
    if gate.kind is GateKind.PASSED:
        mark = record.marks.get(module.id)
        if mark is None:
            return Refused(
                "mark-not-released",
                f"“{title}” is handed in; its mark is not released yet.",
                "Wait for the feedback. You can revise and hand in again meanwhile.",
            )
        # Marks are sums of decimals: 3.3 of 5.5 must pass a gate of 0.6.
        if mark < gate.mark - 1e-9:
            return Refused(
                "mark-too-low",
                f"“{title}” has {mark:.0%}; this module asks for {gate.mark:.0%}.",
                f"Read the feedback on “{title}”, improve your work, and hand it in again.",
            )
    return Allowed()


def open_modules(course: Course, record: Record, now: datetime) -> frozenset[ModuleId]:
    """All that is open to a learner."""
    return frozenset(m.id for m in course.modules if isinstance(may_open(course, m, record, now), Allowed))


def closed_by_change(
    before: tuple[Course, Record], after: tuple[Course, Record], now: datetime
) -> frozenset[ModuleId]:
    """The modules that a change of the course or of a mark would close under a learner: keep them open."""
    there = {m.id for m in after[0].modules}
    return (open_modules(*before, now) & there) - open_modules(*after, now)


def find_circle(modules: Iterable[Module]) -> tuple[ModuleId, ...]:
    """A chain of prerequisites that comes back to its start, or an empty one.

    Depth-first search with three colours (Cormen et al., Introduction to Algorithms, 22.3).
    """
    after = {m.id: m.after for m in modules}
    done: set[ModuleId] = set()

    def walk(node: ModuleId, path: tuple[ModuleId, ...]) -> tuple[ModuleId, ...]:
        if node in path:
            return (*path[path.index(node) :], node)
        if node in done or node not in after:
            return ()
        for before in after[node]:
            circle = walk(before, (*path, node))
            if circle:
                return circle
        done.add(node)
        return ()

    for start in after:
        circle = walk(start, ())
        if circle:
            return circle
    return ()
