"""Feedback is made where it is missing or outdated, left where it is fresh, and sent where it is not out yet."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from coursekit.model.errors import BadInput, NotFound, Unreachable
from coursekit.model.feedback import Item, Page
from coursekit.model.submission import sha256
from coursekit.policy.feedback import State
from coursekit.services.give_back import Given, Out, Released, make, release

ITEM = Item("p1", "Your view", "Why?", "Nine hours.", False, 2, 3, False, "Good.")
PAGE = Page("The lamp", "maria", "", "2027-01-24 23:00 UTC", "abc", 2, 3, 0, 0, (ITEM,))


class Shelf:
    """The twin of nbgrader's folder of feedback."""

    def __init__(self) -> None:
        self.folders: dict[str, Mapping[str, bytes]] = {}
        self.written: list[str] = []

    def read(self, learner: str) -> Mapping[str, bytes]:
        return self.folders.get(learner, {})

    def replace(self, learner: str, files: Mapping[str, bytes]) -> None:
        if learner == "full":
            raise OSError(28, "No space left on device")
        self.folders[learner] = files
        self.written.append(learner)


def one(shelf: Shelf, page: Page = PAGE, out: Mapping[str, Out] | None = None, force: bool = False) -> Given:
    (given,) = make(["maria"], lambda _: page, shelf, out, force)
    return given


def test_what_is_missing_is_made_and_what_is_fresh_is_left() -> None:
    shelf = Shelf()
    first, second = one(shelf), one(shelf)
    assert (first.state, second.state) == (State.NEW, State.FRESH)
    assert shelf.written == ["maria"]
    assert dict(second.files) == shelf.folders["maria"]
    assert one(shelf, force=True).state is State.FRESH
    assert shelf.written == ["maria", "maria"]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"score": 3}, "points"),
        ({"waiting": True}, "points"),
        ({"comment": "Better."}, "comment"),
        ({"answer": "Ten hours."}, "answer"),
        ({"problem": "It cannot be read."}, "answer"),
        ({"question": "Why not?"}, "question"),
        ({"title": "Your opinion"}, "question"),
    ],
)
def test_whatever_changes_makes_it_outdated_and_is_named(change: dict[str, object], word: str) -> None:
    shelf = Shelf()
    one(shelf)
    before = shelf.folders["maria"]
    again = one(shelf, replace(PAGE, items=(replace(ITEM, **change),)))
    assert (again.state, again.changed) == (State.OUTDATED, (word,))
    assert shelf.folders["maria"] == dict(again.files) != before
    assert one(shelf, replace(PAGE, items=(replace(ITEM, **change),))).state is State.FRESH


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"penalty": 0.5, "score": 1.5}, ("points", "lateness")),
        ({"submission": "def"}, ("submission",)),
        ({"items": ()}, ("points", "comment", "answer", "question", "checks")),
    ],
)
def test_so_does_what_concerns_the_whole_page(change: dict[str, object], words: tuple[str, ...]) -> None:
    shelf = Shelf()
    one(shelf)
    assert one(shelf, replace(PAGE, **change)).changed == words


def test_a_page_that_was_changed_by_hand_or_made_otherwise_is_outdated() -> None:
    shelf = Shelf()
    made = dict(one(shelf).files)
    for name, content in [
        ("feedback.html", made["feedback.html"] + b"<p>one word more</p>"),
        ("feedback.json", b'{"schema": "coursekit.feedback/1", "items": []}'),
        ("feedback.json", b"[" * 100_000),
        ("feedback.json", b'{"schema": "coursekit.feedback/2", "items": 3}'),
    ]:
        shelf.folders["maria"] = {**made, name: content}
        again = one(shelf)
        assert (again.state, again.changed) == (State.OUTDATED, ("layout",))
        assert shelf.folders["maria"] == made


def test_the_fingerprint_is_over_everything_on_the_page() -> None:
    def fingerprint(page: Page) -> str:
        return str(json.loads(dict(one(Shelf(), page).files)["feedback.json"])["fingerprint"])

    pages = [
        PAGE,
        replace(PAGE, penalty=1),
        replace(PAGE, submission="def"),
        replace(PAGE, items=(replace(ITEM, comment=""),)),
    ]
    assert len({fingerprint(page) for page in pages}) == len(pages)
    assert fingerprint(PAGE) == fingerprint(replace(PAGE))


def test_the_trouble_of_one_stops_nobody() -> None:
    def compose(learner: str) -> Page:
        if learner == "olu":
            raise NotFound("not-graded", "The gradebook has no marks of olu.", "Grade it again.")
        return replace(PAGE, learner=learner)

    shelf = Shelf()
    given = {g.learner: g for g in make(["full", "maria", "olu", "vera"], compose, shelf)}
    assert shelf.written == ["maria", "vera"]
    assert given["olu"].problem == "The gradebook has no marks of olu. Grade it again."
    assert given["full"].problem == "The folder cannot be written: No space left on device."
    assert given["olu"].state is given["full"].state is None


def test_what_is_out_is_compared_with_what_was_made() -> None:
    shelf = Shelf()
    digests = {path: sha256(content) for path, content in one(shelf).files}
    assert one(shelf).released is Released.UNKNOWN
    assert one(shelf, out={}).released is Released.NO
    assert one(shelf, out={"maria": Out("abc", digests)}).released is Released.SAME
    assert one(shelf, out={"maria": Out("abc", {})}).released is Released.OUTDATED
    for path in digests:
        other = {**digests, path: sha256(b"older")}
        assert one(shelf, out={"maria": Out("abc", other)}).released is Released.OUTDATED
    # The same words, filed under another submission.
    assert one(shelf, out={"maria": Out("older", digests)}).released is Released.OUTDATED


def test_only_what_is_not_out_is_sent() -> None:
    sent: list[str] = []
    pages = [
        Given("fresh", State.FRESH, released=Released.SAME),
        Given("old", State.FRESH, released=Released.OUTDATED),
        Given("none", State.NEW, released=Released.NO),
        Given("broken", None, problem="It cannot be read."),
    ]
    done = list(release(pages, lambda given: sent.append(given.learner)))
    assert sent == ["old", "none"]
    assert [(g.released, g.sent) for g in done] == [
        (Released.SAME, False),
        (Released.SAME, True),
        (Released.SAME, True),
        (Released.UNKNOWN, False),
    ]
    list(release(pages, lambda given: sent.append(given.learner), again=True))
    assert sent == ["old", "none", "fresh", "old", "none"]


def test_who_left_the_course_keeps_nobody_from_their_feedback() -> None:
    def send(given: Given) -> None:
        if given.learner == "gone":
            raise NotFound("no-such-member", "gone is not in this course.", "Enrol them first.")
        if given.learner == "odd":
            raise BadInput("bad-score", "The score is not a number of points.", "Grade again.")

    pages = [Given(name, State.NEW, released=Released.NO) for name in ("gone", "odd", "maria")]
    done = list(release(pages, send))
    assert [(g.learner, g.sent) for g in done] == [("gone", False), ("odd", False), ("maria", True)]
    assert done[0].problem == "gone is not in this course. Enrol them first."


def test_an_exchange_that_is_away_ends_it() -> None:
    def send(given: Given) -> None:
        raise Unreachable("exchange-unreachable", "The exchange does not answer.", "Try again in a minute.")

    with pytest.raises(Unreachable):
        list(release([Given("maria", State.NEW)], send))
