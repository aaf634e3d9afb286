"""A plan of a discussion, of what a simulated cohort of thirty committed at a real exchange."""

from __future__ import annotations

import html
import json
import stat
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from click.testing import CliRunner
from support.discussion import MODULE, STAFF, commit_all, release_reference
from support.reference import COURSE, copy_course

from coursekit.cli.planning import plan
from coursekit.model.errors import BadInput, Forbidden, NotFound, Unauthenticated

LEARNERS = [f"learner-{n:02d}" for n in range(30)]
NOTHING = "Fewer than five answers: nothing of them is shown."


@pytest.fixture
def course(tmp_path: Path) -> Path:
    root = tmp_path / "course"
    root.mkdir()
    copy_course(root)
    return root


@pytest.fixture
def run(course: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """The command as somebody types it in the course's folder; gives what it says."""

    def run(house: Any, *words: object, who: str = STAFF, module: str = MODULE) -> str:
        monkeypatch.setenv("COURSEKIT_URL", house.url)
        monkeypatch.setenv("COURSEKIT_TOKEN", house.token(who))
        monkeypatch.chdir(course)
        done = CliRunner().invoke(plan, [module, *(str(w) for w in words)])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.output

    return run


@pytest.fixture(scope="module")
def cohort(shared_house: Any, make: Any) -> dict[str, dict[str, Any]]:
    """Thirty learners who have answered everything; and the instructor, who tried a task once."""
    release_reference(shared_house, make)
    shared_house.as_user(STAFF).commit(COURSE, MODULE, "p1", {"value": 7777, "reason": "only to see"})
    return commit_all(shared_house, LEARNERS)


@pytest.fixture
def begun(house: Any, make: Any) -> Any:
    release_reference(house, make)
    return house


def page_of(course: Path, module: str = MODULE) -> str:
    return (course / ".coursekit" / "plans" / f"{module}.html").read_text(encoding="utf-8")


def test_a_cohort_of_thirty(shared_house: Any, cohort: Any, course: Path, run: Any) -> None:
    said = run(shared_house)
    page = page_of(course)
    chosen = Counter(r["choice"] for r in cohort["p5"].values())
    pairs = sum(
        a != b
        for a in cohort["p5"]
        for b in cohort["p5"]
        if a != b and cohort["p5"][a]["choice"] != cohort["p5"][b]["choice"]
    )
    assert sum(chosen.values()) == 30
    assert f"Of 100 pairs drawn by lot, {round(100 * pairs / (30 * 29))} would disagree." in page
    assert f"The largest camp has {max(chosen.values())} of 30." in page
    for count in chosen.values():
        assert f'font-weight="bold">{count}</text>' in page
    guesses = [r["value"] for r in cohort["p1"].values()]
    assert f"the one in the middle is {median(guesses):g}." in page
    below = sum(v < 4260 for v in guesses)
    assert f"The reveal says 4260: {below} were below it, {sum(v > 4260 for v in guesses)} above." in page
    assert "7777" not in page
    assert "The 15 who came nearest in p1 against the 15 who were furthest off." in page
    assert page.count('<td class="when">') == 12
    assert '<td class="when">73–75</td>' in page
    assert "Take the vote on paper first and let the smallest group speak first." in page
    assert "Made of what 30 people committed before anything was revealed." in said
    assert "Nobody is quoted" in said


def test_nobody_is_named_or_quoted_unless_asked_and_agreed(
    shared_house: Any, cohort: Any, course: Path, run: Any, tmp_path: Path
) -> None:
    run(shared_house)
    assert "learner-" not in page_of(course)
    assert "<blockquote" not in page_of(course)
    consent = tmp_path / "consent.csv"
    consent.write_text("learner,agreed\nlearner-03,yes\nlearner-04,no\nlearner-11,yes\n")
    run(shared_house, "--consent", consent)
    page = page_of(course)
    assert "learner-" not in page
    quoted = [q.split("</blockquote>")[0] for q in page.split('<blockquote dir="auto">')[1:]]
    assert quoted
    for quote in map(html.unescape, quoted):
        said = [
            who
            for answers in cohort.values()
            for who, response in answers.items()
            if quote in " ".join(str(response.get("text") or response.get("reason")).split())
        ]
        assert {"learner-03", "learner-11"} & set(said), quote
    run(shared_house, "--names")
    assert "<strong>learner-" in page_of(course)
    assert "Names are on this copy. Keep it to yourself." in page_of(course)


def test_words_of_those_who_did_not_agree_stand_nowhere(
    begun: Any, course: Path, run: Any, tmp_path: Path
) -> None:
    trees = ("amber", "birch", "cedar", "fir", "elm", "hazel", "oak", "heather", "ivy", "juniper")
    marks = [f"{tree}school" for tree in trees]
    people = LEARNERS[:10]
    commit_all(begun, people)
    begun.enrol(COURSE, **dict.fromkeys((f"writer-{n}" for n in range(10)), "learner"))
    for number, mark in enumerate(marks):
        text = (
            f"My {mark} taught me to count before I judge anybody who marks. "
            + "We look at it in June again. " * 5
        )
        begun.as_user(f"writer-{number}").commit(COURSE, MODULE, "p2", {"text": text})
    consent = tmp_path / "consent.csv"
    consent.write_text("writer-1,yes\nwriter-2,no\nwriter-6,yes\nlearner-00,no\n")
    for more in ((), ("--names",), ("--notebook",)):
        run(begun, "--consent", consent, "--forget", *more)
        page = page_of(course)
        assert {mark for mark in marks if mark in page} == {marks[1], marks[6]}
        assert page.count("<blockquote") == 2
    notebook = (course / ".coursekit" / "plans" / f"{MODULE}.ipynb").read_text(encoding="utf-8")
    assert {mark for mark in marks if mark in notebook} == {marks[1], marks[6]}
    assert not [who for who in LEARNERS if who in notebook]


def test_whom_it_calls_is_remembered_once(shared_house: Any, cohort: Any, course: Path, run: Any) -> None:
    kept = course / ".coursekit" / "plans" / "called.json"
    run(shared_house, "--forget")
    assert not kept.exists()
    run(shared_house)
    first = json.loads(kept.read_text())["plans"]
    run(shared_house)
    assert json.loads(kept.read_text())["plans"] == first
    called = first[MODULE]
    assert len(called) == len(set(called)) == 24
    assert (kept.parent / ".gitignore").read_text() == "*\n"
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    # Another session of the same cohort begins with others.
    groups = course / "groups.csv"
    groups.write_text("learner,group\n" + "".join(f"{who},all\n" for who in LEARNERS))
    run(shared_house, "--group-by", groups, "--group", "all")
    second = json.loads(kept.read_text())["plans"][f"{MODULE}/all"]
    assert set(second[:1]).isdisjoint(called)
    given = course / "called.csv"
    given.write_text("learner,times\n" + "".join(f"{who},9\n" for who in second[:1]))
    run(shared_house, "--group-by", groups, "--group", "all", "--called", given)
    assert json.loads(kept.read_text())["plans"][f"{MODULE}/all"][0] != second[0]


def test_a_group_of_four_shows_nothing(shared_house: Any, cohort: Any, course: Path, run: Any) -> None:
    groups = course / "groups.csv"
    groups.write_text("learner,group\n" + "".join(f"{who},few\n" for who in LEARNERS[:4]))
    said = run(shared_house, "--group-by", groups, "--group", "few", "--names")
    page = page_of(course)
    assert "Fewer than 5 people have answered any one task." in said
    assert page.count(NOTHING) == 8
    assert "learner-" not in page
    assert "<svg" not in page
    assert "Person" not in page
    with pytest.raises(BadInput, match="nobody in the group “none”"):
        run(shared_house, "--group-by", groups, "--group", "none")
    with pytest.raises(BadInput, match="name and its file"):
        run(shared_house, "--group", "few")


@pytest.mark.parametrize("count", [0, 4])
def test_too_few_answers_give_a_timetable_and_nothing_else(
    begun: Any, course: Path, run: Any, count: int, tmp_path: Path
) -> None:
    learners = LEARNERS[:count]
    commit_all(begun, learners)
    consent = tmp_path / "consent.csv"
    consent.write_text("".join(f"{who}\n" for who in LEARNERS))
    run(begun, "--names", "--consent", consent, "--minutes", "60")
    page = page_of(course)
    assert page.count(NOTHING) == 8
    assert "learner-" not in page
    assert "<blockquote" not in page
    assert "–60</td>" in page
    assert not (course / ".coursekit" / "plans" / "called.json").exists()


def test_the_fifth_answer_opens_it(begun: Any, course: Path, run: Any) -> None:
    commit_all(begun, LEARNERS[:5])
    run(begun)
    assert "5 answers." in page_of(course)
    assert "learner-" not in page_of(course)


def test_only_staff_read_commitments(shared_house: Any, cohort: Any, problem: Any) -> None:
    where = f"/courses/{COURSE}/modules/{MODULE}/commitments/p5"
    body = problem(shared_house.raw("GET", where, "learner-00"), 403, "not-your-role")
    assert "reason" not in json.dumps(body)
    problem(shared_house.raw("GET", where, "stranger"), 404, "no-such-course")
    problem(shared_house.raw("GET", where), 401, "no-token")
    for staff in (STAFF, "gil"):
        assert shared_house.raw("GET", where, staff).status_code == 200


def test_commitments_come_in_pages_and_in_order(shared_house: Any, cohort: Any) -> None:
    client = shared_house.as_user("gil")
    whole = client.commitments(COURSE, MODULE, "p5")
    assert [row.learner for row in whole] == LEARNERS
    assert {row.learner: row.response for row in whole} == cohort["p5"]
    for at_once in (2, 7, 15, 30, 31):
        assert client.commitments(COURSE, MODULE, "p5", at_once) == whole
    assert [row.learner for row in client.commitments(COURSE, MODULE, "p1")] == [STAFF, *LEARNERS]


def test_a_learner_gets_no_plan(shared_house: Any, cohort: Any, course: Path, run: Any) -> None:
    with pytest.raises(Forbidden):
        run(shared_house, who="learner-00")
    assert not (course / ".coursekit").exists()


def test_without_an_exchange_it_says_how_to_rehearse(
    house: Any, course: Path, run: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(NotFound) as refused:
        run(house)
    assert refused.value.next_step.endswith("Or rehearse with sample answers: --exemplars.")
    for name in ("COURSEKIT_URL", "COURSEKIT_TOKEN", "JUPYTERHUB_API_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    done = CliRunner().invoke(plan, [MODULE, "--root", str(course)])
    assert isinstance(done.exception, Unauthenticated)
    assert done.exception.next_step.endswith("--exemplars.")
