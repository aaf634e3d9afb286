"""A pilot's agreement as a page to read: tables, and what they allow one to say."""

from __future__ import annotations

from collections.abc import Iterator

from coursekit.policy.reflection.agreement import APART, SMALLEST_GROUP, Estimate, Measure, Pair
from coursekit.policy.reflection.comparison import Comparison, OfGroups

ENOUGH = 20
"""Double-graded answers of a prompt below which its figures are too loose to lean on."""


def to_markdown(found: Comparison) -> str:
    """report.md."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Comparison) -> Iterator[str]:
    pilot = found.pilot
    yield f"# Agreement in the pilot {pilot.name}"
    yield ""
    yield (
        f"Module {pilot.module}; {len(pilot.answers)} answers; graders {', '.join(pilot.graders)}; "
        f"begun {pilot.begun}; seed {pilot.seed}."
    )
    for why, count in pilot.left_out.items():
        if count:
            yield f"Left out: {why} ({count})."
    yield ""
    yield (
        "In brackets: where the figure lies in 19 of 20 resamples of the answers. Kappa has quadratic weights "
        "(Cohen); alpha is Krippendorff's, ordinal. Both are 1 for perfect agreement and 0 for chance. A dash: not "
        "defined, because everybody gave one level, or nobody marked it."
    )
    yield ""
    yield "No check can agree with people better than they agree with each other: these figures are the ceiling."
    for prompt in found.prompts:
        yield ""
        yield f"## {prompt.prompt} · {prompt.title}"
        both = max((pair.n for pair in prompt.total.pairs), default=0)
        if both < ENOUGH:
            yield ""
            yield f"Only {both} answers are marked twice: at least {ENOUGH} are needed before this says much."
        yield from _table((*prompt.criteria, prompt.total, prompt.adequate))
        for measure in (*prompt.criteria, prompt.adequate):
            for pair in measure.pairs:
                yield from _confusion(measure, pair)
    if len(found.prompts) > 1:
        yield ""
        yield "## All prompts"
        yield from _table((found.adequate,))
    for groups in found.groups or ():
        yield from _groups(groups)
    if found.groups is None:
        yield ""
        yield "## Groups"
        yield ""
        yield "Not measured: nobody said which answer belongs to which group. Whether marks are fair is unknown."


def _table(measures: tuple[Measure, ...]) -> Iterator[str]:
    yield ""
    yield "| | graders | n | exact | within one | kappa | alpha |"
    yield "|---|---|---|---|---|---|---|"
    for measure in measures:
        for pair in measure.pairs:
            yield (
                f"| {measure.name} | {pair.first}, {pair.second} | {pair.n} | {_shown(pair.exact)} "
                f"| {_shown(pair.adjacent)} | {_shown(pair.kappa)} | {_shown(measure.alpha)} |"
            )


def _confusion(measure: Measure, pair: Pair) -> Iterator[str]:
    levels = ["no", "yes"] if measure.name == "adequate" else [str(n) for n in range(measure.top + 1)]
    yield ""
    yield f"{measure.name}: {pair.first} in rows, {pair.second} in columns."
    yield ""
    yield "| | " + " | ".join(levels) + " |"
    yield "|---|" + "---|" * len(levels)
    for level, row in zip(levels, pair.confusion, strict=True):
        yield f"| {level} | " + " | ".join(str(n) for n in row) + " |"


def _groups(found: OfGroups) -> Iterator[str]:
    yield ""
    yield f"## Groups · {found.first}, {found.second}"
    yield ""
    yield "| group | n | same word on adequate |"
    yield "|---|---|---|"
    for group in found.groups:
        exact = f"fewer than {SMALLEST_GROUP}" if group.exact is None else f"{group.exact:.2f}"
        yield f"| {group.name} | {group.n} | {exact} |"
    yield ""
    limit = f"{APART * 100:.0f} points"
    if found.apart is None:
        yield f"Too few: two groups of {SMALLEST_GROUP} are needed to compare. Whether marks are fair is unknown."
    elif found.apart:
        yield f"Two groups lie more than {limit} apart: let nothing pass without a person, and find out why."
    else:
        yield f"No two groups lie more than {limit} apart. That is no proof of fairness; it is no sign against it."


def _shown(estimate: Estimate) -> str:
    if estimate.value is None:
        return "–"
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.2f}"
    return f"{estimate.value:.2f} ({estimate.low:.2f} to {estimate.high:.2f})"
