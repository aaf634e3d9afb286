"""Whether receipts hold together: each names the one before it, so none is lost, swapped or back-dated unseen.

Signatures are looked at elsewhere. What stands here is what a signature cannot show: a row of receipts that are
all genuine and yet are not the row that the exchange gave.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from coursekit.model.ids import Digest
from coursekit.model.submission import Receipt, ReceiptKind


@dataclass(frozen=True)
class Flaw:
    """Something that no row of the exchange's has."""

    code: str
    """`reordered`, `back-dated`, `forked`, `second-first` or `repeated`."""
    text: str
    """One sentence for people."""


@dataclass(frozen=True)
class Row:
    """One learner's receipts in one course, as they follow each other."""

    receipts: tuple[Receipt, ...]
    """Oldest first, each once."""
    gaps: tuple[str, ...]
    """Where at least one receipt is missing; a sentence each."""
    flaws: tuple[Flaw, ...]


def name(receipt: Receipt) -> str:
    """How a receipt is called: `the answer to first/p1 of 2027-01-11 08:00:00 UTC`."""
    what = "the answer to " if receipt.kind is ReceiptKind.COMMITMENT else "the hand-in of "
    place = receipt.module + (f"/{receipt.subject}" if receipt.kind is ReceiptKind.COMMITMENT else "")
    return f"{what}{place} of {moment(receipt.at)}"


def moment(at: str) -> str:
    """A receipt's time for people, to the second; anything else as it is."""
    if len(at) == len("2027-01-11T08:00:00.000000Z") and at[10] == "T" and at.endswith("Z"):
        return f"{at[:10]} {at[11:19]} UTC"
    return at


def rows(receipts: Iterable[Receipt]) -> list[Row]:
    """The rows that a heap of genuine receipts makes, one for each learner in each course.

    The same receipt twice is one: folders get copied. Raises nothing; what is wrong stands in the rows.
    """
    owners: dict[tuple[str, str], list[Receipt]] = {}
    for receipt in receipts:
        owners.setdefault((receipt.course, receipt.learner), []).append(receipt)
    return [_row(owned) for _, owned in sorted(owners.items())]


def order_of_list(listed: Sequence[Receipt]) -> list[Flaw]:
    """What is wrong with the order in which receipts stand in one list, whoever they belong to."""
    flaws = []
    places = {receipt.own_digest(): n for n, receipt in enumerate(listed)}
    for n, receipt in enumerate(listed):
        if places[receipt.own_digest()] != n:
            flaws.append(Flaw("repeated", f"The list has {name(receipt)} twice."))
        elif places.get(Digest(receipt.previous), -1) > n:
            after = listed[places[Digest(receipt.previous)]]
            flaws.append(
                Flaw(
                    "reordered",
                    f"The list is out of order: {name(receipt)} stands before {name(after)}, and follows it.",
                )
            )
    return flaws


def _row(receipts: Sequence[Receipt]) -> Row:
    known = {receipt.own_digest(): receipt for receipt in receipts}
    followers: dict[str, list[Receipt]] = {}
    for receipt in known.values():
        # What follows something that is not here begins a stretch of its own.
        followers.setdefault(receipt.previous, []).append(receipt)
    flaws = []
    for before, after in followers.items():
        if len(after) > 1:
            flaws.append(_fork(before, sorted(after, key=lambda r: r.at)))
    heads = [r for before, after in followers.items() if before not in known for r in after]
    stretches = sorted(
        (_stretch(head, followers) for head in heads), key=lambda s: (bool(s[0].previous), s[0].at)
    )
    ordered = [receipt for stretch in stretches for receipt in stretch]
    flaws += [
        Flaw("back-dated", f"{_cap(name(b))} has an earlier time than {name(a)}, which it comes after.")
        for a, b in pairwise(ordered)
        if b.at < a.at
    ]
    return Row(tuple(ordered), tuple(_gaps(stretches)), tuple(flaws))


def _stretch(head: Receipt, followers: dict[str, list[Receipt]]) -> list[Receipt]:
    """All that leads back to `head` without a gap. After a fork, one branch follows the other."""
    found, waiting = [], [head]
    while waiting:
        receipt = waiting.pop()
        found.append(receipt)
        waiting += sorted(followers.get(receipt.own_digest(), []), key=lambda r: r.at, reverse=True)
    return found


def _gaps(stretches: Sequence[Sequence[Receipt]]) -> Iterable[str]:
    if stretches and stretches[0][0].previous:
        yield f"At least one receipt before {name(stretches[0][0])} is not here."
    for before, after in pairwise(stretches):
        if after[0].previous:
            yield f"At least one receipt between {name(before[-1])} and {name(after[0])} is not here."


def _fork(before: str, after: Sequence[Receipt]) -> Flaw:
    names = " and ".join(name(r) for r in after)
    if not before:
        return Flaw("second-first", f"{_cap(names)} both say that they are the first.")
    return Flaw("forked", f"{_cap(names)} both say that they follow the same receipt.")


def _cap(text: str) -> str:
    return text[:1].upper() + text[1:]
