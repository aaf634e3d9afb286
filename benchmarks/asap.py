"""How suggestions agree with people on essays with resolved scores, from a file of yours; and a simulated term.

python benchmarks/asap.py ESSAYS.tsv [--test FOLD.tsv] [--sets 3,4,5,6] [--sizes 10,20,30,50] [--draws 6] [--json]

ESSAYS.tsv has a first line with the columns `essay_id`, `essay_set`, `essay` and `domain1_score` (or `score`), as
the ASAP-AES data have them; these may not be shipped, and nothing learnt from them may be. `--test` names a file of
the same form with the essays to be suggested for; without it, every fifth essay of each set is held out. An essay
counts as an adequate attempt with a third of the points or more of 3, and half or more of 4.

No rubric, no case and no prompt are known here: of the features, the essays' length and wording are left, and the
numbers in them. Rows 3, 4, 5, 6, 7 and 10 of the targets are printed.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from coursekit.model.ids import PromptId
from coursekit.model.reflection import Basis, Marked
from coursekit.model.rubric import Auto, AutoDecision, Criterion, Rubric
from coursekit.policy.reflection.features import of
from coursekit.policy.reflection.own import own
from coursekit.policy.reflection.sentences import split
from coursekit.policy.reflection.shingles import Peers
from coursekit.policy.reflection.simulation import Answers, Learned, Streamed, learning_curve, stream
from coursekit.policy.reflection.text import normalise

SETS = (3, 4, 5, 6)
SIZES = (10, 20, 30, 50)
_NOBODY = Peers.of(())


@dataclass(frozen=True)
class Essay:
    """One row."""

    id: str
    set: int
    text: str
    score: int


@dataclass(frozen=True)
class SetResult:
    """What came of one essay set."""

    set: int
    essays: int
    tested: int
    curve: tuple[Learned, ...]
    full: Learned
    streamed: tuple[Streamed, ...]


def read(path: Path) -> list[Essay]:
    """The essays of a file. Raises ValueError when a column is missing."""
    # Some of these files were saved by a spreadsheet of long ago.
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    csv.field_size_limit(10_000_000)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter="\t")
    columns = {(name or "").strip().casefold(): name for name in rows.fieldnames or ()}
    score = next((columns[name] for name in ("domain1_score", "score") if name in columns), None)
    missing = [name for name in ("essay_id", "essay_set", "essay") if name not in columns]
    if missing or score is None:
        raise ValueError(f"{path}: there is no column {(*missing, 'domain1_score')[0]}")
    return [
        Essay(
            row[columns["essay_id"]],
            int(row[columns["essay_set"]]),
            row[columns["essay"]],
            int(float(row[score])),
        )
        for row in rows
        if (row[score] or "").strip()
    ]


def basis(essay_set: int, top: int, audit_rate: float = 0.1) -> Basis:
    """What stands for a rubric: one number of points."""
    levels = {points: str(points) for points in range(top + 1)}
    decision = AutoDecision(Auto.ADEQUATE_ATTEMPT, 1, audit_rate=audit_rate)
    rubric = Rubric("asap", "ASAP", (Criterion("score", "", levels),), cap_words=600, decision=decision)
    return Basis(PromptId(f"set-{essay_set}"), f"Set {essay_set}", "", rubric)


def answers(essays: Sequence[Essay], wanted: Basis) -> Answers:
    """The essays as the scorer sees them."""
    top = wanted.rubric.points
    bar = 1 if top <= 3 else 2
    features, marked = [], []
    for essay in essays:
        normal = normalise(essay.text)
        mine = own(wanted, normal, _NOBODY)
        features.append(of(wanted, normal, mine, split(normal), ()))
        marked.append(Marked(essay.id, essay.text, {"score": essay.score}, essay.score >= bar))
    return Answers(features, marked)


def evaluate(
    essays: Sequence[Essay], test: Sequence[Essay], sizes: Sequence[int], draws: int, length: int
) -> SetResult:
    """One set: the learning curve, everything there is, and a term of `length` answers."""
    wanted = basis(essays[0].set, max(e.score for e in (*essays, *test)))
    pool, held = answers(essays, wanted), answers(test, wanted)
    curve = tuple(learning_curve(pool, held, wanted.rubric, [s for s in sizes if s <= len(essays)], draws))
    (full,) = learning_curve(pool, held, wanted.rubric, [len(essays)], 1)
    order = list(range(len(essays)))
    random.Random(0).shuffle(order)
    streamed = tuple(stream(pool.rows(order[:length]), wanted))
    return SetResult(essays[0].set, len(essays), len(test), curve, full, streamed)


def results(
    essays: Sequence[Essay],
    test: Sequence[Essay],
    sets: Sequence[int],
    sizes: Sequence[int],
    draws: int,
    length: int = 1000,
) -> Iterator[SetResult]:
    """Set by set; without test essays, every fifth is held out."""
    for number in sets:
        mine = [e for e in essays if e.set == number]
        held = [e for e in test if e.set == number]
        if not held:
            held, mine = mine[::5], [e for i, e in enumerate(mine) if i % 5]
        if mine and held:
            known = {e.id for e in held}
            yield evaluate([e for e in mine if e.id not in known], held, sizes, draws, length)


def rows(found: Sequence[SetResult]) -> Iterator[tuple[str, str, str]]:
    """The targets' rows: what, measured, held to."""

    def mean(values: Sequence[float]) -> float:
        return sum(values) / len(values) if values else float("nan")

    full, full_length = mean([r.full.qwk for r in found]), mean([r.full.length_qwk for r in found])
    yield "3 agreement, all", f"{full:.3f} (length {full_length:.3f})", "≥ .76, ≥ length + .09"
    for size in sorted({c.n for r in found for c in r.curve}):
        at = [c for r in found for c in r.curve if c.n == size]
        told = f"{mean([c.qwk for c in at]):.3f} (length {mean([c.length_qwk for c in at]):.3f}"
        told += f", better in {mean([c.beats_length for c in at]):.0%} of draws)"
        yield f"4 agreement, {size}", told, "≥ .68, ≥ length + .02" if size == 30 else ""
        limit = "≤ .10" if size == 30 else "≤ .06" if size >= 100 else ""
        yield f"10 ECE, {size}", f"{mean([c.ece for c in at]):.3f}", limit
    yield "10 ECE, all", f"{mean([r.full.ece for r in found]):.3f}", "≤ .06"
    last = [r.streamed[-1] for r in found if r.streamed]
    passed, seen = sum(s.passed for s in last), sum(s.seen for s in last)
    agreed = f"{sum(s.agreed for s in last) / passed:.3f}" if passed else "–"
    share = passed / seen if seen else 0.0
    yield "5 agreement of auto-passes", f"{agreed} at a share of {share:.0%}", "≥ .98, share ≥ 35 %"
    yield "6 before a certificate", str(sum(s.before_certificate for s in last)), "0"
    far = sum(s.far_below for s in last)
    yield "7 two or more below the bar", f"{far} of {passed}", "≤ 1 in 1,000"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("essays", type=Path)
    parser.add_argument("--test", type=Path)
    parser.add_argument("--sets", default=",".join(map(str, SETS)))
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("--draws", type=int, default=6)
    parser.add_argument("--stream", type=int, default=1000, help="answers in the simulated term")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    try:
        essays = read(chosen.essays)
        test = read(chosen.test) if chosen.test else []
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    sets, sizes = ([int(n) for n in text.split(",")] for text in (chosen.sets, chosen.sizes))
    found = list(results(essays, test, sets, sizes, chosen.draws, chosen.stream))
    if chosen.json:
        print(json.dumps([asdict(r) for r in found], indent=2))
    else:
        for what, measured, target in rows(found):
            print(f"{what:32}{measured:48}{target}")
    return 0 if found else 1


if __name__ == "__main__":
    raise SystemExit(main())
