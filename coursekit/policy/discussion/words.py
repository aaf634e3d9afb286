"""What a plan says, in sentences: the page and the notebook say the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from coursekit.model.ids import PromptId, UserId
from coursekit.model.plan import Call, Plan, Quote, Split, Spread, Sureness, View, Why
from coursekit.model.prompt import PromptKind
from coursekit.policy.discussion.views import HIGH, LOW, MIDDLE, minority
from coursekit.policy.peers import TOGETHER
from coursekit.policy.words import in_steps, number

_SIDES = {LOW: "low", MIDDLE: "middle", HIGH: "high"}
_TAG = 26
"""Letters of a camp's label beside somebody's name."""


def labels(plan: Plan) -> Mapping[UserId, str]:
    """How each person who is called stands in the plan: by name where names may be shown, else by a number."""
    # In the order of the session, so that Person 1 is the first to be called.
    rows = [c for slot in plan.slots for p in slot.calls_for for c in calls_at(plan, p)]
    order = dict.fromkeys(c.learner for c in (*rows, *plan.calls))
    if plan.names is None:
        return {who: f"Person {n}" for n, who in enumerate(order, 1)}
    return {who: plan.names.get(who) or who for who in order}


def standing(plan: Plan) -> list[str]:
    """What the plan is made of, and what it must not be taken for."""
    said = []
    if plan.is_rehearsal:
        said.append("A rehearsal: made of sample answers. No learner is in it, and no number says anything.")
    if not any(v.counted for v in plan.views):
        said.append(
            f"Fewer than {TOGETHER} people have answered any one task. Until then nothing is shown of anybody: "
            "no counts, no words, no names. The timetable stands."
        )
        return said
    if not plan.is_rehearsal:
        who = f"{plan.people} people" + (f" of {plan.group}" if plan.group else "")
        said.append(f"Made of what {who} committed before anything was revealed.")
    said.append(f"Answers are counted in fives, as on the learners' own pages, never under {TOGETHER}.")
    if not plan.is_rehearsal and not plan.asked_for_consent:
        said.append("Nobody is quoted: no list of those who agreed was given (--consent).")
    elif not plan.is_rehearsal:
        said.append("Only those who agreed are quoted. Read each quote first: it may name a place.")
    if plan.names is not None and not plan.is_rehearsal:
        said.append("Names are on this copy. Keep it to yourself.")
    return said


def most_divided(plan: Plan) -> list[tuple[View, Split]]:
    """Decisions, by how much people disagree, the most divided first."""
    found = [(v, s) for v in plan.views for s in v.splits if v.prompt.kind is PromptKind.DECISION]
    return sorted(found, key=lambda each: -each[1].disagreeing)


def split_words(split: Split) -> str:
    """How divided people are, and where the camps are."""
    there = sorted((c for c in split.camps if c.count), key=lambda c: -c.count)
    total = sum(c.count for c in there)
    if len(there) == 1:
        return f"All {total} chose the same: nobody to set against anybody. Ask who nearly chose otherwise."
    said = f"Of 100 pairs drawn by lot, {split.disagreeing} would disagree. "
    said += f"The largest camp has {there[0].count} of {total}."
    nobody = len(split.camps) - len(there)
    if nobody:
        said += f" {_count(nobody, 'option')} {'was' if nobody == 1 else 'were'} chosen by nobody."
    return said


def spread_words(found: Spread) -> str:
    """Where the estimates lie, also against the answer."""
    low, middle, high = (number(q) for q in found.quarters)
    unit = f" {found.unit}" if found.unit else ""
    said = f"Half of the {len(found.values)} estimates lie between {low} and {high}{unit}; "
    said += f"the one in the middle is {middle}."
    if found.answer is None:
        return said + " What the reveal says is not known here: give it with --answer, or in the reveal."
    said += f" The reveal says {number(found.answer)}: {found.below} were below it, {found.above} above. "
    low, high = (number(in_steps(found.answer + way * found.reach, found.step)) for way in (-1, 1))
    return (
        said + f"{found.near} came near, from {low} to {high}: "
        f"off by at most {number(found.reach)}, a tenth of the range."
    )


def sureness_words(found: Sureness) -> str:
    """Whether those who came nearer were surer."""
    half = sum(found.nearer)
    near, far = (_mean(levels) for levels in (found.nearer, found.further))
    if abs(near - far) < 0.25:
        what = "Both halves were about as sure as each other: sureness told nothing about who was right."
    elif near > far:
        what = "Those who came nearer were surer."
    else:
        what = "Those who were further off were surer: worth a question."
    return (
        f"The {half} who came nearest in {found.estimate} against the {half} who were furthest off. {what} "
        f"On the scale of 1 to {len(found.scale)} their means are {near:.1f} and {far:.1f}. "
        "If this task asks about something else than that one, read it as temper, not as calibration."
    )


def opening(view: View) -> str:
    """A first question to a task, out of how people stand."""
    there = [c for s in view.splits for c in s.camps if c.count]
    if view.prompt.kind is PromptKind.DECISION and len(there) > 1:
        few = min(there, key=lambda c: c.count)
        return (
            f"The fewest chose “{few.label.rstrip('.')}”. What did they see that the others may have missed?"
        )
    if view.prompt.kind is PromptKind.CONFIDENCE:
        return "What would make you one step surer, and what one step less sure?"
    if view.prompt.kind is PromptKind.ESTIMATE:
        return "What did you start from when you made your guess, and which way did you correct it?"
    if view.prompt.kind is PromptKind.PLAN:
        return "Who at your school will notice first, and what will they say?"
    return "Which fact of the case carried the most weight for you?"


def lettered(view: View, label: str) -> str:
    """A camp's label; a decision's options with their letter, as teaching notes speak of them."""
    letter = _letter(view, label)
    return f"{letter} · {label}" if letter else label


def tag(plan: Plan, call: Call, name: str) -> str:
    """One call in a row of the timetable: who, and from where, in a word."""
    if not call.camp:
        return name
    view = next(v for v in plan.views if v.prompt.id == (call.stood or call.prompt))
    where = _letter(view, call.camp) or _SIDES.get(call.camp) or _clip(call.camp.rstrip("."), _TAG)
    return f"{name} ({call.stood}: {where})" if call.stood else f"{name} ({where})"


def _letter(view: View, label: str) -> str:
    options = [o.label for o in view.prompt.options] if view.prompt.kind is PromptKind.DECISION else []
    return chr(ord("A") + options.index(label)) if label in options[:26] else ""


def call_words(call: Call) -> str:
    """Why this person, here."""
    if call.why is Why.SELDOM or (call.why is Why.NEXT and not call.camp):
        said = "not called so far"
        if call.is_again:
            said = "called once already today; nobody is left who was not"
        elif call.heard:
            said = f"called {_count(call.heard, 'time')} by earlier plans; nobody left was called less"
        if call.camp:
            said += f"; from the smallest camp: {call.camp}" if call.is_smallest else f"; chose: {call.camp}"
    elif call.why is Why.OPPOSITE:
        said = f"stands against that: {call.camp}"
    elif call.why is Why.THIRD:
        said = f"another camp: {call.camp}"
    else:
        said = f"then: {call.camp}"
    if call.camp and call.stood:
        said = f"{said.rstrip('.')} (in {call.stood})"
    if call.is_again and call.camp:
        said = f"{said.rstrip('.')}; called once already"
    return said[0].upper() + said[1:].rstrip(".") + "."


def quote_groups(view: View) -> list[tuple[str, list[Quote]]]:
    """Quotes by camp, minority views left out: they stand by themselves."""
    groups: dict[str, list[Quote]] = {}
    for quote in view.quotes:
        if not quote.is_minority:
            groups.setdefault(quote.camp, []).append(quote)
    return list(groups.items())


def writer(plan: Plan, quote: Quote) -> str:
    """Who wrote it, where names may be shown; else nothing."""
    return "" if plan.names is None else plan.names.get(quote.learner) or quote.learner


def minority_groups(view: View) -> list[tuple[str, int, list[Quote]]]:
    """Camps of at most a fifth of whom somebody agreed to be quoted: label, size, quotes."""
    small = frozenset().union(*(minority(s) for s in view.splits))
    sizes = {c.label: c.count for s in view.splits for c in s.camps}
    found = []
    for label in dict.fromkeys(q.camp for q in view.quotes if q.camp in small):
        found.append((label, sizes[label], [q for q in view.quotes if q.camp == label]))
    return found


def unmatched_words(plan: Plan) -> str:
    """Which rows of the teaching note name no task, and how to write one that does; empty without any."""
    if not plan.unmatched:
        return ""
    rows = ", ".join(f"“{_clip(row, 40)}”" for row in plan.unmatched)
    placed = {p for s in plan.slots for p in s.prompts}
    free = next((v.prompt.id for v in plan.views if v.prompt.id not in placed), "p1")
    return (
        f"Nobody is called in {rows}: no task is named there. If a task belongs there, write its id or its title "
        f"into the row of teaching-note.md, such as “{_clip(plan.unmatched[0], 40)} ({free})”."
    )


def calls_at(plan: Plan, prompt: PromptId) -> list[Call]:
    """The calls at one prompt, in order."""
    return [c for c in plan.calls if c.prompt == prompt]


def count_words(view: View) -> str:
    """How many answers are counted, and how many wait."""
    said = f"{view.counted} answers"
    if view.waiting:
        said += f"; {view.waiting} more wait until there are five of them"
    return said


def _mean(levels: Sequence[int]) -> float:
    return sum(n * count for n, count in enumerate(levels, 1)) / max(1, sum(levels))


def _count(n: int, thing: str) -> str:
    return f"{n} {thing}{'' if n == 1 else 's'}"


def _clip(text: str, most: int) -> str:
    """Its first words."""
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0].rstrip(" ,;:.") + " …"
