"""How it would have gone: with so many exemplars, and over a term. For measuring; nothing here decides.

learning_curve   draw n exemplars, learn, suggest for answers that were held out; again and again
stream           answers come one after another; each is foretold before a person marks it
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from coursekit.model.ids import Digest
from coursekit.model.reflection import Basis, End, Evidence, Flagged, Marked, Reason, Route
from coursekit.model.rubric import Rubric
from coursekit.policy.reflection.calibration import area, calibration_error, kappa, measure, reliability
from coursekit.policy.reflection.certificate import Audited, certify, must_switch_off
from coursekit.policy.reflection.features import Features
from coursekit.policy.reflection.gaussian import Array
from coursekit.policy.reflection.ladder import rung
from coursekit.policy.reflection.route import Leave, route
from coursekit.policy.reflection.scorer import LEAST, Scorer, adequate, fit

_SCORER = Digest("0" * 64)
_BEGIN = datetime(2000, 1, 1, tzinfo=UTC)
_WEAK = 5
"""Percent of the adequate answers that have fewer points than the bar."""
_PLACES = 6


@dataclass(frozen=True)
class Answers:
    """Answers, as the scorer sees them and as people marked them."""

    features: Sequence[Features]
    marked: Sequence[Marked]
    seen: Sequence[tuple[tuple[Flagged, ...], tuple[Evidence, ...]]] = ()
    """What guards and detectors saw of each; nothing when left out."""

    def rows(self, chosen: Sequence[int]) -> Answers:
        """Some of them."""
        return Answers([self.features[i] for i in chosen], [self.marked[i] for i in chosen])


@dataclass(frozen=True)
class Learned:
    """With n exemplars, over all draws."""

    n: int
    draws: int
    qwk: float
    spread: float
    """Of the kappa, over the draws."""
    length_qwk: float
    beats_length: float
    """The share of draws in which the suggestion agrees better than counting words."""
    auc: float
    ece: float
    rungs: tuple[tuple[str, int], ...]
    """Where the ladder would have stood, and in how many draws."""


@dataclass(frozen=True)
class Streamed:
    """After so many answers."""

    seen: int
    by_people: int
    passed: int
    agreed: int
    """Of those that passed, how many people call adequate."""
    far_below: int
    """Of those that passed, how many are two points or more below what nearly every adequate answer has."""
    before_certificate: int
    """Passed while there was no certificate. Must be 0."""
    certificates: int
    switched_off: int


def learning_curve(
    pool: Answers, test: Answers, rubric: Rubric, sizes: Sequence[int], draws: int, seed: int = 0
) -> Iterator[Learned]:
    """For each size. Exemplars are drawn from `pool`, evenly over the points, as authors choose theirs."""
    points = _points(test)
    came = _adequate(test, rubric)
    for size in sizes:
        rows = []
        stood: dict[str, int] = {}
        for number in range(draws):
            drawn = pool.rows(_evenly(pool, size, random.Random(f"{seed} {size} {number}")))
            scorer = fit(drawn.features, drawn.marked, rubric)
            said = [scorer.suggest(f) for f in test.features]
            p = np.array([s.p_adequate for s in said])
            known = ~np.isnan(came)
            rows.append(
                (
                    kappa(points, np.array([s.mean for s in said]), rubric.points) or 0.0,
                    kappa(points, _by_words(drawn, test), rubric.points) or 0.0,
                    area(p[known], came[known]) or 0.0,
                    calibration_error(reliability(p[known], came[known])) or 0.0,
                )
            )
            measured = measure(drawn.features, drawn.marked, rubric, scorer)
            at = rung(size, measured).value
            stood[at] = stood.get(at, 0) + 1
        table = np.array(rows)
        mean = [round(float(x), _PLACES) for x in table.mean(axis=0)]
        yield Learned(
            size,
            draws,
            mean[0],
            round(float(table[:, 0].std()), _PLACES),
            mean[1],
            float((table[:, 0] > table[:, 1]).mean()),
            mean[2],
            mean[3],
            tuple(sorted(stood.items())),
        )


def stream(
    answers: Answers,
    basis: Basis,
    exemplars: int = 20,
    every: int = 100,
    seed: int = 0,
    relearn: float = 1.15,
) -> Iterator[Streamed]:
    """Answers one after another, in the order they come in; the first ones are the exemplars.

    Each is foretold by what was marked before and goes where the router sends it. What goes to a person is marked
    blind; what is drawn by lot may switch auto-passes off again. `relearn`: by so much the marked answers grow
    until the scorer learns anew.
    """
    term = _Term(answers, basis, exemplars, str(seed), relearn)
    for at in range(exemplars, len(answers.marked)):
        term.meet(at)
        if (at + 1) % every == 0 or at + 1 == len(answers.marked):
            yield term.so_far(at + 1)


class _Term:
    def __init__(self, answers: Answers, basis: Basis, exemplars: int, seed: str, relearn: float) -> None:
        self._answers, self._basis, self._relearn = answers, basis, relearn
        self._target = basis.rubric.decision.target_agreement
        self._marked = list(range(exemplars))
        self._came = _adequate(answers, basis.rubric)
        self._decisions: list[Audited] = []
        self._audits: list[Audited] = []
        self._leave = Leave(scorer=_SCORER, seed=seed)
        self._scorer: Scorer | None = None
        self._learnt = 0
        self._passed: list[int] = []
        self._early = self._earned = self._off = 0

    def meet(self, at: int) -> None:
        self._learn()
        suggestion = self._scorer.suggest(self._answers.features[at]) if self._scorer is not None else None
        leave = replace(self._leave, auto_share=len(self._passed) / (at + 1))
        flags, evidence = self._answers.seen[at] if self._answers.seen else ((), ())
        way = route(self._basis, str(at), flags, evidence, suggestion, leave)
        if way.end is End.AUTO_PASS:
            self._passed.append(at)
            self._early += self._leave.certificate is None
            return
        self._marked.append(at)
        if suggestion is None or flags or Reason.RULE_NOT_MET in way.reasons or np.isnan(self._came[at]):
            return
        now = _BEGIN + timedelta(minutes=at)
        p, came = suggestion.p_adequate, bool(self._came[at])
        self._decide(Audited(p, came, True, now, now - timedelta(seconds=1), _SCORER, str(at)), way)

    def _decide(self, decision: Audited, way: Route) -> None:
        if way.reasons == (Reason.AUDIT,):
            self._audits.append(decision)
            if must_switch_off(self._audits, self._target, self._leave.certificate) is not None:
                self._off += 1
                self._leave = replace(self._leave, certificate=None)
                # What earned it is spent: a new one needs new decisions.
                self._decisions.clear()
                self._audits.clear()
                return
        self._decisions.append(decision)
        has, found = self._leave.certificate, certify(self._decisions, self._target, _SCORER)
        # Above its threshold only the audits go on, below it everything: a lower threshold can still be proven.
        if found is not None and (has is None or found.threshold < has.threshold):
            self._earned += 1
            self._leave = replace(self._leave, certificate=found)

    def _learn(self) -> None:
        n = len(self._marked)
        if n < LEAST or (self._scorer is not None and n < self._learnt * self._relearn):
            return
        known = self._answers.rows(self._marked)
        rubric = self._basis.rubric
        self._learnt, self._scorer = n, fit(known.features, known.marked, rubric)
        stands = rung(n, measure(known.features, known.marked, rubric, self._scorer))
        self._leave = replace(self._leave, rung=stands)

    def so_far(self, seen: int) -> Streamed:
        good = [m.points for m, came in zip(self._answers.marked, self._came, strict=True) if came == 1]
        bar = float(np.percentile(good, _WEAK)) if good else 0.0
        return Streamed(
            seen,
            len(self._marked),
            len(self._passed),
            int(sum(self._came[i] == 1 for i in self._passed)),
            sum(self._answers.marked[i].points <= bar - 2 for i in self._passed),
            self._early,
            self._earned,
            self._off,
        )


def _evenly(pool: Answers, size: int, chance: random.Random) -> list[int]:
    """Rows, one after another from each number of points there is, until there are enough."""
    shelves: dict[int, list[int]] = {}
    for row, marked in enumerate(pool.marked):
        shelves.setdefault(marked.points, []).append(row)
    for shelf in shelves.values():
        chance.shuffle(shelf)
    drawn: list[int] = []
    while len(drawn) < size and any(shelves.values()):
        keys = [k for k in sorted(shelves) if shelves[k]]
        chance.shuffle(keys)
        drawn += [shelves[k].pop() for k in keys[: size - len(drawn)]]
    return drawn


def _points(answers: Answers) -> Array:
    return np.array([m.points for m in answers.marked], dtype=float)


def _adequate(answers: Answers, rubric: Rubric) -> Array:
    said = [adequate(m, rubric.decision.rule) for m in answers.marked]
    return np.array([np.nan if s is None else float(s) for s in said])


def _by_words(drawn: Answers, test: Answers) -> Array:
    known = np.array([f.length[0] for f in drawn.features])
    asked = np.array([f.length[0] for f in test.features])
    if np.ptp(known) == 0:
        return np.full(len(asked), _points(drawn).mean())
    foretold: Array = np.polyval(np.polyfit(known, _points(drawn), 1), asked)
    return foretold
