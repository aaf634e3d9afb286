"""What staff do for one learner: on record with author and reason, in one transaction, and never a step back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, text, update

from coursekit.model.errors import Conflict, CoursekitError, Locked, ServiceFault
from coursekit.store import tables
from coursekit.store.keys import is_genuine
from coursekit.wire.api import OnBehalfRequest
from coursekit.wire.receipts import receipt_from_shape

C = "lamps"
DUE = datetime(2027, 1, 24, 22, 59, tzinfo=UTC)
DAY = timedelta(days=1)
Deed = Callable[[Any], Any]


@pytest.fixture
def term(house: Any, make: Any) -> Any:
    """First is due on 24 January and closes a week later; Second comes after it. Maria has handed First in."""
    house.enrol(maria="learner", olu="learner", gil="grader", chen="instructor")
    chen = house.as_user("chen")
    first = make.module("first", due=DUE.isoformat(), closes=(DUE + 7 * DAY).isoformat())
    chen.put_course(make.course(first, make.module("second", after=["first"])))
    for module in ("first", "second"):
        chen.release(C, module, make.upload(module))
    house.done = house.as_user("maria").submit(C, "first", make.hand_in("first", "p1", "p2", text="her work"))
    return house


@pytest.fixture
def behalf(make: Any) -> Callable[..., OnBehalfRequest]:
    def request(
        text: str = "from a stick", reason: str = "no network at school", **changes: Any
    ) -> OnBehalfRequest:
        given = make.hand_in("first", "p1", "p2", text=text, **changes).model_dump()
        return OnBehalfRequest.model_validate(given | {"reason": reason})

    return request


def log(house: Any, after: int = 0) -> list[Any]:
    return house.as_user("chen").log(C, after)


def last(house: Any) -> Any:
    return log(house)[-1]


# every deed is on record, with its author and its reason


def deeds(house: Any, behalf: Any) -> dict[str, tuple[Deed, str, dict[str, Any]]]:
    """Verb → the deed, its subject, and what the log should say about it."""
    until, why = DUE + 3 * DAY, {"reason": "was ill", "learner": "maria"}
    done = house.done.submission
    return {
        "extend": (
            lambda c: c.extend(C, "first", "maria", until, "was ill"),
            "first",
            why | {"until": "2027-01-27T22:59:00.000000Z"},
        ),
        "reopen": (lambda c: c.reopen(C, "first", "maria", None, "was ill"), "first", why | {"until": None}),
        "waive": (lambda c: c.waive(C, "second", "maria", "was ill"), "second", why),
        "submit on behalf": (
            lambda c: c.submit_for(C, "first", "maria", behalf(reason="was ill")),
            "first",
            why,
        ),
        "withdraw": (lambda c: c.withdraw(C, done, "was ill"), "first", why | {"submission": done}),
    }


VERBS = ["extend", "reopen", "waive", "submit on behalf", "withdraw"]


@pytest.mark.parametrize("verb", VERBS)
def test_each_deed_is_on_record_with_author_time_and_reason(term: Any, behalf: Any, verb: str) -> None:
    deed, subject, said = deeds(term, behalf)[verb]
    before = log(term)
    deed(term.as_user("chen"))
    entry = log(term, before[-1].number)[-1]
    assert (entry.actor, entry.verb, entry.subject) == ("chen", verb, subject)
    assert {name: entry.details[name] for name in said} == said
    assert term.clock.moment - timedelta(seconds=1) < entry.at <= term.clock.moment


@contextmanager
def events_cannot_be_written(house: Any) -> Iterator[None]:
    """The database itself refuses to write into the log, so that it fails between the deed and its record."""
    trigger = (
        "CREATE TRIGGER no_events BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'the log is full'); END"
    )
    with house.embedded.ledger.engine.begin() as db:
        db.execute(text(trigger))
    try:
        yield
    finally:
        with house.embedded.ledger.engine.begin() as db:
            db.execute(text("DROP TRIGGER no_events"))


@pytest.mark.parametrize("verb", VERBS)
def test_no_deed_without_its_record(term: Any, behalf: Any, verb: str) -> None:
    deed, _, _ = deeds(term, behalf)[verb]
    rows, path = term.rows(), term.as_user("maria").path(C)
    with events_cannot_be_written(term), pytest.raises(ServiceFault):
        deed(term.as_user("chen"))
    assert term.rows() == rows
    assert term.as_user("maria").path(C) == path
    deed(term.as_user("chen"))
    assert last(term).actor == "chen"
    assert term.rows() != rows


@pytest.mark.parametrize("verb", VERBS)
def test_a_refused_deed_leaves_no_record(term: Any, behalf: Any, verb: str) -> None:
    deed, _, _ = deeds(term, behalf)[verb]
    rows = term.rows()
    for name in ("gil", "olu", "maria"):
        with pytest.raises(CoursekitError) as caught:
            deed(term.as_user(name))
        assert caught.value.code == "not-your-role"
    assert term.rows() == rows


@pytest.mark.parametrize("reason", ["", "  ", " x ", "x" * 501])
def test_no_deed_without_a_reason(term: Any, make: Any, behalf: Any, problem: Any, reason: str) -> None:
    first, second = f"/courses/{C}/modules/first", f"/courses/{C}/modules/second"
    on_behalf = behalf().model_dump(mode="json") | {"reason": reason}
    rows = term.rows()
    for path, body in (
        (f"{first}/extensions", {"learner": "maria", "due": (DUE + DAY).isoformat(), "reason": reason}),
        (f"{first}/reopenings", {"learner": "maria", "reason": reason}),
        (f"{second}/waivers", {"learner": "maria", "reason": reason}),
        (f"{first}/learners/maria/submissions", on_behalf),
        (f"/courses/{C}/submissions/{term.done.submission}/withdrawal", {"reason": reason}),
        (f"/courses/{C}/members/removal", {"users": ["olu"], "reason": reason}),
    ):
        problem(term.raw("POST", path, "chen", body=body), 422, "bad-request")
    assert term.rows() == rows


def test_the_log_can_only_grow(term: Any) -> None:
    """Not even whoever has the database can change or take out an entry by mistake."""
    entries = log(term)
    for statement in (update(tables.events).values(actor="nobody"), delete(tables.events)):
        with (
            pytest.raises(Exception, match=r"only ever added"),
            term.embedded.ledger.engine.begin() as db,
        ):
            db.execute(statement)
    term.as_user("chen").waive(C, "second", "olu", "was ill")
    after = log(term)
    assert after[: len(entries)] == entries
    assert [e.number for e in after] == sorted({e.number for e in after})
    assert len(after) == len(entries) + 1


# handing in for a learner


def test_what_staff_hand_in_is_the_learners_and_says_whose_hand_it_was(
    term: Any, make: Any, behalf: Any
) -> None:
    maria, chen = term.as_user("maria"), term.as_user("chen")
    done = chen.submit_for(C, "first", "maria", behalf())
    receipt = receipt_from_shape(done.receipt)
    # It stands in her chain, right after her own receipt, under her name.
    assert (receipt.learner, receipt.previous) == (
        "maria",
        receipt_from_shape(term.done.receipt).own_digest(),
    )
    assert is_genuine(receipt, maria.keys())
    mine = maria.my_submissions(C, "first")
    assert [(r.submission, r.by, r.counts) for r in mine] == [
        (term.done.submission, None, False),
        (done.submission, "chen", True),
    ]
    assert [r.by for r in chen.submissions(C, "first")] == [None, "chen"]
    whole = maria.read_submission(C, done.submission)
    assert (whole.row.by, whole.files[0].content) == ("chen", behalf().files[0].content)
    # She can go on herself, and her next receipt follows.
    own = maria.submit(C, "first", make.hand_in("first", text="mine again"))
    assert own.counts
    assert receipt_from_shape(own.receipt).previous == receipt.own_digest()
    assert maria.my_submissions(C, "first")[-1].by is None


def test_answers_that_staff_hand_in_are_sealed_as_the_learners(term: Any, behalf: Any) -> None:
    olu, chen = term.as_user("olu"), term.as_user("chen")
    done = chen.submit_for(C, "first", "olu", behalf())
    assert [r.learner for r in done.commitments] == ["olu", "olu"]
    assert done.opened == ["second"]
    assert [s.state for s in olu.path(C).steps] == ["submitted", "open"]
    assert olu.reveal(C, "first", "p1").cells
    assert [(e.actor, e.verb) for e in log(term)[-3:]] == [
        ("chen", "commit"),
        ("chen", "commit"),
        ("chen", "submit on behalf"),
    ]
    # Sealed is sealed: a second hand does not replace what she committed.
    again = chen.submit_for(C, "first", "olu", behalf("another stick"))
    assert again.commitments == []


def test_staff_cannot_hand_in_what_the_learner_may_not_open(term: Any, make: Any, behalf: Any) -> None:
    with pytest.raises(Locked):
        term.as_user("chen").submit_for(C, "second", "olu", behalf())
    with pytest.raises(CoursekitError) as caught:
        term.as_user("chen").submit_for(C, "first", "stranger", behalf())
    assert caught.value.code == "no-such-member"


# taking a submission out of the count


def test_what_was_open_stays_open_after_a_withdrawal(term: Any) -> None:
    maria = term.as_user("maria")
    maria.fetch(C, "second")
    before = [s.state for s in maria.path(C).steps]
    term.as_user("chen").withdraw(C, term.done.submission, "handed in for her sister")
    first, second = maria.path(C).steps
    assert before == ["submitted", "in progress"]
    assert (first.submissions, first.counting, second.state) == (0, None, "in progress")
    maria.fetch(C, "second")


def test_a_withdrawn_one_is_kept_whole_and_counts_no_more(term: Any, make: Any) -> None:
    maria, chen = term.as_user("maria"), term.as_user("chen")
    later = maria.submit(C, "first", make.hand_in("first", text="second try"))
    chen.withdraw(C, later.submission, "somebody else's file")
    assert [(r.withdrawn, r.counts) for r in maria.my_submissions(C, "first")] == [
        (False, True),
        (True, False),
    ]
    kept = maria.read_submission(C, later.submission)
    assert kept.files[0].content == make.hand_in("first", text="second try").files[0].content
    assert is_genuine(receipt_from_shape(kept.receipt), maria.keys())
    with pytest.raises(Conflict) as caught:
        chen.withdraw(C, later.submission, "again")
    assert caught.value.code == "already-withdrawn"
    # The same files again are a new submission, not the withdrawn one.
    again = maria.submit(C, "first", make.hand_in("first", text="second try"))
    assert again.submission != later.submission
    assert again.counts


def test_only_a_submission_of_this_course_can_be_withdrawn(term: Any, make: Any) -> None:
    term.enrol("torches", chen="instructor")
    chen = term.as_user("chen")
    chen.put_course(make.course(make.module("first"), name="torches"))
    for course, submission in (("torches", term.done.submission), (C, "0" * 32), (C, "../x")):
        with pytest.raises(CoursekitError) as caught:
            chen.withdraw(course, submission, "a mistake")
        assert caught.value.code in ("no-such-submission", "no-such-page")


# by command line: on the exchange's own data, or through the service


@pytest.fixture
def run(term: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[str, str]]:
    """`run("chen", "extend", …)`: standard output and standard error of a command, as that person."""
    from coursekit.cli import app

    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.chdir(home)
    for name in ("COURSEKIT_DATA", "COURSEKIT_DATABASE", "COURSEKIT_BLOBS", "COURSEKIT_KEYS"):
        monkeypatch.delenv(name, raising=False)

    def call(name: str | None, *arguments: str) -> tuple[str, str]:
        environment = {"COURSEKIT_URL": term.url, "COURSEKIT_TOKEN": term.token(name) if name else ""}
        result = CliRunner().invoke(app, list(arguments), env=environment)
        if result.exception is not None:
            raise result.exception
        return result.stdout, result.stderr

    return call


WHY = ("--reason", "was ill")


def test_through_the_service_it_is_done_as_oneself(term: Any, run: Any) -> None:
    _, where = run("chen", "extend", C, "first", "maria", "--until", "2027-01-31 23:59", *WHY)
    assert where == f"Through the exchange at {term.url}, as you.\n"
    assert (last(term).actor, last(term).verb) == ("chen", "extend")
    with pytest.raises(CoursekitError) as caught:
        run("maria", "extend", C, "first", "maria", "--until", "2027-01-31 23:59", *WHY)
    assert caught.value.code == "not-your-role"


@pytest.mark.parametrize("how", ["--data", "COURSEKIT_DATA", "found here"])
def test_on_the_exchanges_own_data_it_is_done_as_its_operator(
    term: Any, run: Any, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    more: tuple[str, ...] = ()
    if how == "--data":
        more = ("--data", str(term.data))
    elif how == "COURSEKIT_DATA":
        monkeypatch.setenv("COURSEKIT_DATA", str(term.data))
    else:
        Path("exchange").mkdir()
        Path("exchange/data").symlink_to(term.data)
    out, where = run(None, "extend", C, "first", "maria", "--until", "2027-01-31 23:59", *WHY, *more)
    assert where.startswith("Directly on the exchange in ")
    assert where.endswith(", as its operator.\n")
    assert out == "first is due for maria on Sun 31 Jan 2027, 23:59 (Europe/Berlin).\n"
    assert (last(term).actor, last(term).verb) == ("operator", "extend")
    assert term.as_user("maria").path(C).steps[0].extended


@pytest.mark.parametrize("direct", [False, True])
def test_every_action_by_command(term: Any, make: Any, run: Any, tmp_path: Path, direct: bool) -> None:
    actor = "operator" if direct else "chen"

    def staff(*arguments: str) -> str:
        more = ("--data", str(term.data)) if direct else ()
        out: str = run("chen", *arguments, *more)[0]
        return out

    until = ("--until", "2027-02-14 23:59")
    said = "What maria hands in late in first counts until Sun 14 Feb 2027, 23:59 (Europe/Berlin).\n"
    assert staff("reopen", C, "first", "maria", *until, *WHY) == said
    assert staff("reopen", C, "first", "olu", *WHY) == "What olu hands in late in first counts.\n"
    assert staff("waive", C, "second", "olu", "maria", *WHY) == (
        "second is open for olu.\nsecond is open for maria.\n"
    )
    folder = tmp_path / "stick" / "first"
    folder.mkdir(parents=True)
    named = {"course": C, "module": "first", "title": "First", "notebook": "first"}
    prompts = {"schema": "coursekit.prompts/1", **named, "prompts": [make.prompt("p1"), make.prompt("p2")]}
    (folder / "prompts.json").write_text(json.dumps(prompts))
    (folder / "first.ipynb").write_bytes(make.notebook(make.cell("olu's work")))
    said = staff("submit-for", C, "first", "olu", str(folder), *WHY)
    assert "Handed in for olu at 2027-01-1" in said or direct
    assert "Kept, and not complete: p1, p2 still to answer." in said
    rows = term.as_user("olu").my_submissions(C, "first")
    assert [(r.by, r.counts) for r in rows] == [(actor, True)]
    said = staff("withdraw", C, rows[0].submission, *WHY)
    assert said == f"{rows[0].submission} does not count any more; it is kept.\n"
    # The log, for people and for programs; and only what is new.
    entries = [json.loads(line) for line in staff("log", C, "--json").splitlines()]
    assert [(e["actor"], e["verb"]) for e in entries[-6:]] == [
        (actor, verb) for verb in ("reopen", "reopen", "waive", "waive", "submit on behalf", "withdraw")
    ]
    assert all(e["details"]["reason"] == "was ill" for e in entries[-6:])
    news = staff("log", C, "--since", str(entries[-7]["number"])).splitlines()
    assert len(news) == 6
    assert "until: Sun 14 Feb 2027, 23:59 (Europe/Berlin)" in news[0]
    assert f"{actor}  withdraw  first  (learner: olu, " in news[-1]
    assert staff("log", C, "--since", "99999") == "Nothing since 99999.\n"


def test_a_whole_group_at_once_or_nobody(term: Any, run: Any, tmp_path: Path) -> None:
    group = tmp_path / "group.txt"
    group.write_text("\ufeffmaria\n\n# the second half\nolu   # also ill\nmaria\n", encoding="utf-8")
    out, _ = run("chen", "extend", C, "first", "--file", str(group), "--until", "2027-01-31 23:59", *WHY)
    assert [line.split()[4] for line in out.splitlines()] == ["maria", "olu"]
    assert all(term.as_user(name).path(C).steps[0].extended for name in ("maria", "olu"))
    rows = term.rows()
    group.write_text("maria\nmarai\nnobody\n")
    with pytest.raises(CoursekitError) as caught:
        run("chen", "extend", C, "first", "--file", str(group), "--until", "2027-02-01 23:59", *WHY)
    assert caught.value.detail == "Not in lamps: marai, nobody. Nothing was changed."
    with pytest.raises(CoursekitError, match="No learner is named"):
        run("chen", "extend", C, "first", "--until", "2027-02-01 23:59", *WHY)
    assert term.rows() == rows


def test_a_command_asks_for_a_reason_and_for_the_right_folder(
    term: Any, make: Any, run: Any, tmp_path: Path
) -> None:
    with pytest.raises(CoursekitError, match="3 to 500 characters"):
        run("chen", "waive", C, "second", "olu", "--reason", " x ")
    named = {"course": C, "module": "second", "title": "Second", "notebook": "second"}
    (tmp_path / "prompts.json").write_text(
        json.dumps({"schema": "coursekit.prompts/1", **named, "prompts": []})
    )
    with pytest.raises(CoursekitError, match="holds lamps/second, not lamps/first"):
        run("chen", "submit-for", C, "first", "olu", str(tmp_path), *WHY)
