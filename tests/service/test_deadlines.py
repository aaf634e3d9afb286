"""Due dates, late work, extensions: what counts, for whom, on whose clocks; a real service, a set clock."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from coursekit.model.errors import BadInput, Conflict, CoursekitError

C = "lamps"
DUE = datetime(2027, 1, 24, 22, 59, tzinfo=UTC)
"""23:59 in Berlin."""
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
WEEK = 7 * 86_400
LATE = {"grace": 900, "window": WEEK, "penalty_per_day": 0.1, "penalty_most": 0.5}


@pytest.fixture
def term(house: Any, make: Any) -> Any:
    """A course with a rule for late work. First is due on 24 January, Second is never due; maria and olu learn."""
    house.enrol(maria="learner", olu="learner", gil="grader", chen="instructor")
    chen = house.as_user("chen")
    chen.put_course(
        make.course(
            make.module("first", due=DUE.isoformat()), make.module("second", after=["first"]), late=LATE
        )
    )
    for module in ("first", "second"):
        chen.release(C, module, make.upload(module))
    return house


@pytest.fixture
def command(house: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`command("maria")("path", "lamps")`: a command in her own empty folder; all that it said."""
    from coursekit.cli import app

    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.chdir(home)
    for name in ("COURSEKIT_DATA", "COURSEKIT_DATABASE", "COURSEKIT_BLOBS", "COURSEKIT_KEYS"):
        monkeypatch.delenv(name, raising=False)

    def of(name: str) -> Callable[..., str]:
        def run(*arguments: str, fails: bool = False) -> str:
            environment = {"COURSEKIT_URL": house.url, "COURSEKIT_TOKEN": house.token(name), "COLUMNS": "200"}
            result = CliRunner().invoke(app, list(arguments), env=environment)
            if fails:
                assert isinstance(result.exception, CoursekitError), (result.exception, result.output)
                assert result.exception.next_step
                return result.exception.detail
            if result.exception is not None:
                raise result.exception
            return result.output

        return run

    return of


def at(house: Any, moment: datetime) -> None:
    house.clock.moment = moment


def hand_in(house: Any, make: Any, text: str, who: str = "maria", **changes: Any) -> Any:
    return house.as_user(who).submit(C, "first", make.hand_in("first", "p1", "p2", text=text, **changes))


def step(house: Any, who: str = "maria") -> Any:
    return house.as_user(who).path(C).steps[0]


def rows(house: Any, who: str = "maria") -> dict[str, Any]:
    return {r.submission: r for r in house.as_user(who).my_submissions(C, "first")}


# in time, late, after closing


@pytest.mark.parametrize(
    ("after_due", "standing", "late", "penalty", "counts"),
    [
        (-DAY, "in time", 0, 0, True),
        (14 * MINUTE, "in time", 0, 0, True),
        (16 * MINUTE, "late", 960, 0.1, True),
        (25 * HOUR, "late", 90_000, 0.2, True),
        (6.9 * DAY, "late", 596_160, 0.5, True),
        (7.1 * DAY, "after closing", 613_440, 0.5, False),
    ],
)
def test_how_a_hand_in_stands(
    term: Any, make: Any, after_due: timedelta, standing: str, late: float, penalty: float, counts: bool
) -> None:
    at(term, DUE + after_due)
    done = hand_in(term, make, "work")
    assert (done.standing, done.counts, done.due, done.closes) == (standing, counts, DUE, DUE + 7 * DAY)
    assert done.late_seconds == pytest.approx(late, abs=1)
    row = rows(term)[done.submission]
    assert (row.standing, row.counts, row.penalty) == (standing, counts, pytest.approx(penalty))
    assert row.late_seconds == pytest.approx(late, abs=1)
    # Whatever the hour: it is kept, with a receipt, and the next door opens.
    assert done.receipt.subject == done.submission
    assert done.opened == ["second"]
    assert term.as_user("maria").read_submission(C, done.submission).files[0].path == "first.ipynb"
    mine = step(term)
    assert (mine.counting, mine.standing) == (done.submission if counts else None, standing)
    everybody = term.as_user("chen").submissions(C, "first")
    assert [(r.standing, r.counts, r.due) for r in everybody] == [(standing, counts, DUE)]


def test_where_nothing_is_due_nothing_is_late(term: Any, make: Any) -> None:
    at(term, DUE + 99 * DAY)
    hand_in(term, make, "work")
    done = term.as_user("maria").submit(C, "second", make.hand_in("second", "p1", "p2"))
    assert (done.standing, done.counts, done.late_seconds, done.due, done.closes) == (
        "in time",
        True,
        0,
        None,
        None,
    )


def test_a_modules_own_closing_outweighs_the_window(term: Any, make: Any) -> None:
    closes = DUE + DAY
    first = make.module("first", due=DUE.isoformat(), closes=closes.isoformat())
    term.as_user("chen").put_course(make.course(first, make.module("second"), late=LATE))
    at(term, closes + MINUTE)
    assert hand_in(term, make, "work").standing == "after closing"
    assert step(term).closes == closes


# extensions: before, during, after the due date, and after the closing


@pytest.mark.parametrize(
    "granted",
    [DUE - DAY, DUE - MINUTE, DUE + HOUR, DUE + 2.5 * DAY, DUE + 8 * DAY],
    ids=lambda g: f"{g:%d %H:%M}",
)
def test_an_extension_holds_whenever_it_is_granted(term: Any, make: Any, granted: datetime) -> None:
    """The same hand-in, two days late, becomes in time by an extension of three days."""
    chen = term.as_user("chen")
    until = DUE + 3 * DAY
    moments = sorted([(granted, "grant"), (DUE + 2 * DAY, "hand in")])
    for moment, deed in moments:
        at(term, moment)
        if deed == "grant":
            chen.extend(C, "first", "maria", until, "was ill")
        else:
            done = hand_in(term, make, "work")
            hers, his = done, hand_in(term, make, "work", "olu")
    row = rows(term)[hers.submission]
    assert (row.standing, row.late_seconds, row.penalty, row.due, row.extended) == (
        "in time",
        0,
        0,
        until,
        True,
    )
    mine = step(term)
    assert (mine.due, mine.closes, mine.extended, mine.standing) == (until, until + 7 * DAY, True, "in time")
    # It is hers alone.
    assert rows(term, "olu")[his.submission].standing == "late"
    assert (step(term, "olu").due, step(term, "olu").extended) == (DUE, False)


def test_an_extension_after_the_closing_brings_back_what_did_not_count(term: Any, make: Any) -> None:
    at(term, DUE + 8 * DAY)
    done = hand_in(term, make, "work")
    assert not done.counts
    term.as_user("chen").extend(C, "first", "maria", DUE + 9 * DAY, "was ill")
    assert (step(term).counting, step(term).standing) == (done.submission, "in time")


def test_the_newest_extension_holds_and_the_due_date_takes_it_back(term: Any) -> None:
    chen = term.as_user("chen")
    for until in (DUE + 9 * DAY, DUE + 2 * DAY):
        chen.extend(C, "first", "maria", until, "was ill")
    assert step(term).due == DUE + 2 * DAY
    chen.extend(C, "first", "maria", DUE, "is well again")
    assert (step(term).due, step(term).extended) == (DUE, False)


def test_when_the_whole_course_is_put_off_nobody_has_less(term: Any, make: Any) -> None:
    term.as_user("chen").extend(C, "first", "maria", DUE + 2 * DAY, "was ill")
    later = make.module("first", due=(DUE + 5 * DAY).isoformat())
    term.as_user("chen").put_course(make.course(later, make.module("second"), late=LATE))
    assert (step(term).due, step(term).extended) == (DUE + 5 * DAY, False)


def test_a_later_hand_in_within_the_extension_is_the_one_that_counts(term: Any, make: Any) -> None:
    at(term, DUE - DAY)
    first = hand_in(term, make, "early")
    at(term, DUE + DAY)
    second = hand_in(term, make, "late")
    assert (first.counts, second.counts, step(term).counting) == (True, False, first.submission)
    term.as_user("chen").extend(C, "first", "maria", DUE + 3 * DAY, "was ill")
    assert step(term).counting == second.submission


# which one counts


def test_a_late_one_does_not_displace_one_in_time(term: Any, make: Any) -> None:
    at(term, DUE - DAY)
    early = hand_in(term, make, "in time")
    at(term, DUE + DAY)
    late = hand_in(term, make, "late")
    assert (late.standing, late.counts) == ("late", False)
    assert [r.counts for r in rows(term).values()] == [True, False]
    # Her own word: by the request, or afterwards.
    again = hand_in(term, make, "late, and meant", use_this=True)
    assert again.counts
    assert step(term).counting == again.submission
    maria = term.as_user("maria")
    for wanted in (early.submission, late.submission):
        maria.choose(C, wanted)
        assert step(term).counting == wanted
        assert [r for r, row in rows(term).items() if row.counts] == [wanted]
    assert {r.submission for r in term.as_user("chen").submissions(C, "first") if r.counts} == {
        late.submission
    }


def test_whoever_chose_once_and_hands_in_anew_in_time_means_the_new_one(term: Any, make: Any) -> None:
    at(term, DUE + DAY)
    chosen = hand_in(term, make, "late", use_this=True)
    term.as_user("chen").extend(C, "first", "maria", DUE + 3 * DAY, "was ill")
    anew = hand_in(term, make, "better")
    assert (anew.standing, anew.counts, step(term).counting) == ("in time", True, anew.submission)
    at(term, DUE + 4 * DAY)
    assert not hand_in(term, make, "late again").counts
    assert chosen.submission != step(term).counting == anew.submission


def test_only_ones_own_hand_in_can_be_chosen_and_none_that_cannot_count(term: Any, make: Any) -> None:
    at(term, DUE - DAY)
    hers, his = hand_in(term, make, "hers"), hand_in(term, make, "his", "olu")
    maria = term.as_user("maria")
    for stranger in (his.submission, "0" * 32):
        with pytest.raises(CoursekitError) as caught:
            maria.choose(C, stranger)
        assert caught.value.code == "no-such-submission"
    at(term, DUE + 8 * DAY)
    late = hand_in(term, make, "too late")
    with pytest.raises(Conflict) as caught:
        maria.choose(C, late.submission)
    assert caught.value.code == "after-closing"
    term.as_user("chen").withdraw(C, hers.submission, "a mistake")
    with pytest.raises(Conflict):
        maria.choose(C, hers.submission)


def test_closed_is_kept_and_reopening_lets_it_count(term: Any, make: Any) -> None:
    at(term, DUE + 8 * DAY)
    done = hand_in(term, make, "too late")
    assert (done.standing, done.counts, step(term).counting) == ("after closing", False, None)
    chen = term.as_user("chen")
    chen.reopen(C, "first", "maria", DUE + 20 * DAY, "computer stolen")
    row = rows(term)[done.submission]
    # The due date stays: it counts, and it is late.
    assert (row.standing, row.counts, row.penalty, row.due) == ("late", True, pytest.approx(0.5), DUE)
    assert step(term).closes == DUE + 20 * DAY
    at(term, DUE + 21 * DAY)
    assert not hand_in(term, make, "later still").counts
    chen.reopen(C, "first", "maria", None, "computer stolen again")
    assert step(term).closes is None
    assert len([r for r in rows(term).values() if r.counts]) == 1


# changes that would give nobody anything


@pytest.mark.parametrize(
    ("deed", "code"),
    [
        (lambda c: c.extend(C, "second", "maria", DUE, "why not"), "nothing-due"),
        (lambda c: c.extend(C, "first", "maria", DUE - HOUR, "why not"), "not-later"),
        (lambda c: c.reopen(C, "second", "maria", None, "why not"), "never-closes"),
        (lambda c: c.reopen(C, "first", "maria", DUE, "why not"), "not-later"),
        (lambda c: c.extend(C, "first", "nobody", DUE + DAY, "why not"), "no-such-member"),
        (lambda c: c.extend(C, "third", "maria", DUE + DAY, "why not"), "no-such-module"),
    ],
)
def test_staff_are_told_when_it_would_change_nothing(
    term: Any, deed: Callable[[Any], None], code: str
) -> None:
    before = term.kept()
    with pytest.raises(CoursekitError) as caught:
        deed(term.as_user("chen"))
    assert caught.value.code == code
    assert term.kept() == before


# zones


def test_the_same_moment_is_shown_on_everybodys_clocks(term: Any, command: Any) -> None:
    term.as_user("chen").extend(C, "first", "olu", DUE + DAY, "was ill")
    assert term.as_user("maria").path(C).time_zone == "Europe/Berlin"
    maria, olu = command("maria"), command("olu")
    assert "Sun 24 Jan 2027, 23:59" in maria("path", C)
    said = olu("me", "--time-zone", "Africa/Lagos")
    assert said == "lamps: olu, learner. Times are on the clocks of Africa/Lagos.\n"
    assert term.as_user("olu").path(C).time_zone == "Africa/Lagos"
    assert term.as_user("olu").path(C).course_time_zone == "Europe/Berlin"
    shown = olu("path", C)
    assert "Times are on the clocks of Africa/Lagos." in shown
    assert "Mon 25 Jan 2027, 23:59" in shown
    assert "extended for you" in shown
    assert "late until Mon 1 Feb 2027, 23:59" in shown
    olu("me", "--time-zone", "Asia/Tokyo")
    assert "Tue 26 Jan 2027, 07:59" in olu("path", C)
    olu("me", "--time-zone", "")
    assert term.as_user("olu").path(C).time_zone == "Europe/Berlin"
    assert "no time zone" in olu("me", "--time-zone", "Mars/Olympus", fails=True)


def test_a_due_date_beyond_the_change_of_clocks_stays_at_its_hour(
    house: Any, make: Any, command: Any
) -> None:
    """From 28 March on, 23:59 in Berlin is 21:59 in UTC."""
    house.enrol(maria="learner", chen="instructor")
    chen = house.as_user("chen")
    before = "2027-03-27T23:59:00+01:00"
    chen.put_course(make.course(make.module("first", due=before)))
    chen.release(C, "first", make.upload("first"))
    said = command("chen")(
        "extend", C, "first", "maria", "--until", "2027-03-28 23:59", "--reason", "the clocks"
    )
    assert said.endswith("first is due for maria on Sun 28 Mar 2027, 23:59 (Europe/Berlin).\n")
    assert step(house).due == datetime(2027, 3, 28, 21, 59, tzinfo=UTC)
    # Twenty-three hours after the old one, not twenty-four.
    at(house, datetime(2027, 3, 28, 21, 58, tzinfo=UTC))
    assert hand_in(house, make, "in time").standing == "in time"
    at(house, datetime(2027, 3, 28, 22, 0, tzinfo=UTC))
    assert hand_in(house, make, "late").standing == "late"


def test_staff_in_another_zone_mean_the_courses_clocks_or_say_otherwise(term: Any, command: Any) -> None:
    chen = command("chen")
    chen("me", "--time-zone", "America/New_York")
    until = ("--until", "2027-01-31 23:59", "--reason", "was ill")
    assert "Sun 31 Jan 2027, 23:59 (Europe/Berlin)" in chen("extend", C, "first", "maria", *until)
    assert step(term).due == datetime(2027, 1, 31, 22, 59, tzinfo=UTC)
    said = chen("extend", C, "first", "maria", *until, "--zone", "America/New_York")
    assert "Sun 31 Jan 2027, 23:59 (America/New_York)" in said
    assert step(term).due == datetime(2027, 2, 1, 4, 59, tzinfo=UTC)
    said = chen("extend", C, "first", "maria", "--until", "2027-02-02T12:00+09:00", "--reason", "was ill")
    assert "Tue 2 Feb 2027, 04:00 (Europe/Berlin)" in said


# moments that could mean several, or none


NAIVE: list[tuple[str, dict[str, Any]]] = [
    ("/modules/first/extensions", {"learner": "maria", "due": "2027-01-31T23:59:00", "reason": "ill"}),
    ("/modules/first/extensions", {"learner": "maria", "due": "2027-01-31", "reason": "ill"}),
    ("/modules/first/reopenings", {"learner": "maria", "until": "2027-02-20T23:59", "reason": "ill"}),
    ("", {"opens": "2027-01-01T08:00:00"}),
    ("", {"due": "2027-01-31T23:59:00"}),
    ("", {"closes": "2027-01-31T23:59:00"}),
]


def test_no_route_takes_a_time_without_its_zone(term: Any, make: Any, problem: Any) -> None:
    before = term.kept()
    for path, times in NAIVE:
        body = times
        if not path:
            body = make.course(make.module("first"), make.module("second")).model_dump(mode="json")
            body["modules"][0] |= times
        answer = term.raw("POST" if path else "PUT", f"/courses/{C}{path}", "chen", body=body)
        problem(answer, 422, "bad-request")
        assert term.kept() == before, (path, times)


UNCLEAR = {
    "2027-03-28 02:30": "does not exist in Europe/Berlin",
    "2027-10-31 02:30": "happens twice in Europe/Berlin",
    "2027-03-31": "has no time of day",
    "next week": "has no time of day",
    "31.03.2027 23:59": "is not a date and time",
    "2027-03-31 17:00 PST": "is not a date and time",
}


@pytest.mark.parametrize("verb", ["extend", "reopen"])
def test_no_command_takes_a_time_that_could_mean_several(term: Any, command: Any, verb: str) -> None:
    before = term.kept()
    for until, said in UNCLEAR.items():
        assert said in command("chen")(
            verb, C, "first", "maria", "--until", until, "--reason", "ill", fails=True
        )
    assert term.kept() == before


def test_no_command_takes_a_zone_that_is_none(term: Any, command: Any) -> None:
    answer = command("chen")(
        *("extend", C, "first", "maria", "--until", "2027-01-31 23:59", "--zone", "CEST", "--reason", "ill"),
        fails=True,
    )
    assert "“CEST” is no time zone." in answer


# what people are told


def test_what_a_late_learner_is_told(term: Any, make: Any, command: Any, tmp_path: Path) -> None:
    maria, folder = command("maria"), tmp_path / "first"
    named = {"course": C, "module": "first", "title": "First", "notebook": "first"}
    prompts = {"schema": "coursekit.prompts/1", **named, "prompts": [make.prompt("p1")]}
    files = [make.file("first.ipynb", make.notebook()), make.file("prompts.json", json.dumps(prompts))]
    term.as_user("chen").release(C, "first", make.upload("first", files=files))
    maria("fetch", C, "first", "--to", str(folder))
    at(term, DUE - DAY)
    (folder / "notes.txt").write_text("in time")
    assert "late" not in maria("submit", str(folder))
    at(term, DUE + 3 * HOUR)
    (folder / "notes.txt").write_text("late")
    said = maria("submit", str(folder))
    assert "It is late by 3 h; it was due on Sun 24 Jan 2027, 23:59 (Europe/Berlin)." in said
    assert (
        "An earlier one was in time, and that one counts. To let this one count: submit with --use-this."
        in said
    )
    shown = maria("path", C)
    assert "in time" in shown
    assert "the one of Sat 23 Jan 2027, 23:59 counts" in " ".join(shown.replace("│", " ").split())
    said = maria("submit", str(folder), "--use-this")
    assert "It is late by 3 h" in said
    assert "--use-this" not in said
    *listed, _ = maria("submissions", C, "first").splitlines()
    assert [line.split(") ")[1].strip() for line in listed] == ["in time", "late, counts"]
    first = listed[0].split()[0]
    assert maria("choose", C, "first", first).splitlines()[0].endswith("in time, counts")
    at(term, DUE + 8 * DAY)
    (folder / "notes.txt").write_text("too late")
    said = maria("submit", str(folder))
    assert "It came after the closing (Sun 31 Jan 2027, 23:59 (Europe/Berlin))" in said
    assert "Ask the course's staff" in said


def test_a_course_whose_times_make_no_sense_is_refused(term: Any, make: Any) -> None:
    with pytest.raises(Exception, match="closes before it is due"):
        make.course(make.module("first", due=DUE.isoformat(), closes=(DUE - DAY).isoformat()))
    whole = make.course(make.module("first"), make.module("second")).model_dump(mode="json")
    whole["modules"][0] |= {"due": DUE.isoformat(), "closes": (DUE - DAY).isoformat()}
    answer = term.raw("PUT", f"/courses/{C}", "chen", body=whole)
    assert answer.status_code == 422
    assert "closes before it is due" in answer.json()["detail"]


def test_a_naive_moment_cannot_even_be_sent(term: Any) -> None:
    with pytest.raises((BadInput, ValueError)):
        term.as_user("chen").extend(C, "first", "maria", datetime(2027, 1, 31, 23, 59), "was ill")
