"""The review panel's routes over real processes: two graders' Jupyter servers, a learner's, and the exchange."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.marked import MODULE
from support.prose_course import TEXTS, make_prose_course
from support.review_server import Grader, running_graders
from support.small_course import Course

from coursekit.wiring import prose, reflections

PEOPLE = {"gail": "grader", "gil": "instructor", "ada": "learner"}
HIGH = {"evidence": 2, "position": 2, "test": 1}
LOW = {"evidence": 0, "position": 1, "test": 0}


@dataclass
class Class:
    """A course that two graders share, and a learner who has found its folder."""

    course: Course
    gail: Grader
    gil: Grader
    ada: Grader

    def restore(self, made: Path) -> None:
        """As it was before anybody marked anything."""
        for name in ("gradebook.db", ".coursekit"):
            there = self.course.root / name
            if there.is_dir():
                shutil.rmtree(there)
            source = made / name
            (shutil.copytree if source.is_dir() else shutil.copy2)(source, there)

    def mark_of(self, grader: Grader, item: str) -> tuple[float | None, str | None]:
        """Points and comment in the gradebook."""
        name = grader.get(f"{MODULE}/items/{item}/name")["name"]
        rows = self.course.rows()[name]["notebooks"]["main"]
        return rows["grades"]["essay"][1], rows["comments"]["essay"][1]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("made") / "course"
    make_prose_course(root, {f"learner-{n}": TEXTS[n] for n in range(5)} | {"twin": TEXTS[4]})
    report = reflections.check(prose.find_place(root, MODULE), drafts=True)
    assert report is not None
    assert report.checked == 6
    return root


@pytest.fixture(scope="module")
def running(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Class]:
    tmp = tmp_path_factory.mktemp("running")
    root = tmp / "course"
    shutil.copytree(made, root)
    config = root / "nbgrader_config.py"
    config.write_text(config.read_text().replace(str(made), str(root)))
    with running_graders(tmp, root, "kit", PEOPLE) as people:
        yield Class(Course(root), people["gail"], people["gil"], people["ada"])


@pytest.fixture
def class_(running: Class, made: Path) -> Class:
    running.restore(made)
    return running


def queue(grader: Grader, order: str = "doubt") -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = grader.get(f"{MODULE}/queue?prompt=essay&order={order}")["items"]
    return items


def opened(grader: Grader, item: str) -> dict[str, Any]:
    found: dict[str, Any] = grader.get(f"{MODULE}/items/{item}")
    return found


def decide(grader: Grader, item: dict[str, Any], levels: dict[str, int], **more: Any) -> httpx.Response:
    body = {"levels": levels, "expected": item["expected"], **more}
    return grader.ask("POST", f"{MODULE}/items/{item['id']}/decision", body)


def test_a_learner_is_refused_whatever_is_asked(class_: Class) -> None:
    item = queue(class_.gail)[0]["id"]
    asked = [
        ("GET", "modules", None),
        ("GET", f"{MODULE}/queue", None),
        ("GET", f"{MODULE}/items/{item}", None),
        ("GET", f"{MODULE}/items/{item}/name", None),
        ("POST", f"{MODULE}/items/{item}/suggestion", {}),
        ("POST", f"{MODULE}/items/{item}/decision", {"levels": HIGH}),
        ("POST", f"{MODULE}/undo", {}),
        ("GET", "comments", None),
        ("PUT", "comments", {"add": ["Mine."]}),
    ]
    for method, path, body in asked:
        assert class_.ada.no(method, path, body) == (403, "not-a-grader"), path
    assert class_.gail.get("comments") == {"comments": []}


def test_the_queue_an_answer_and_no_names(class_: Class) -> None:
    (module,) = class_.gail.get("modules")["modules"]
    assert module["prompts"][0]["waiting"] == 6
    items = queue(class_.gail)
    assert [i["group"] for i in items[:2]] == ["flagged", "flagged"]
    first = opened(class_.gail, items[0]["id"])
    told = str(items) + str(first)
    assert "learner-" not in told
    assert "twin" not in told
    span = next(c["spans"][0] for c in first["criteria"] if c["spans"])
    assert first["text"][span["start"] : span["end"]].strip()
    assert class_.gail.get(f"{MODULE}/items/{items[0]['id']}/name")["name"] in class_.course.rows()


def test_each_graders_order_by_lot_stays_and_is_their_own(class_: Class) -> None:
    mine = [i["id"] for i in queue(class_.gail, "random")]
    assert [i["id"] for i in queue(class_.gail, "random")] == mine
    theirs = [i["id"] for i in queue(class_.gil, "random")]
    assert sorted(theirs) == sorted(mine)
    assert theirs != mine


def test_two_graders_on_one_answer_never_overwrite_each_other(class_: Class) -> None:
    item = queue(class_.gail)[0]["id"]
    hers, his = opened(class_.gail, item), opened(class_.gil, item)
    assert decide(class_.gail, hers, HIGH, comment="Clear.").json()["points"] == 5
    late = decide(class_.gil, his, LOW)
    assert (late.status_code, late.json()["code"]) == (409, "mark-changed")
    there = late.json()["mark"]
    assert (there["points"], there["comment"], there["levels"]) == (5, "Clear.", HIGH)
    assert class_.mark_of(class_.gil, item) == (5, "Clear.")
    # He has read it, and decides all the same.
    his["expected"] = late.json()["expected"]
    assert decide(class_.gil, his, LOW).status_code == 200
    assert class_.mark_of(class_.gil, item) == (1, "Clear.")
    # Her undo does not take his mark away.
    assert class_.gail.no("POST", f"{MODULE}/undo", {}) == (409, "mark-changed")
    assert class_.gil.ask("POST", f"{MODULE}/undo", {}).json()["item"] == item
    assert class_.mark_of(class_.gil, item) == (5, "Clear.")


def test_undo(class_: Class) -> None:
    before = [i["id"] for i in queue(class_.gail)]
    item = opened(class_.gail, before[3])
    assert decide(class_.gail, item, HIGH).status_code == 200
    assert len(queue(class_.gail)) == 5
    assert class_.gail.ask("POST", f"{MODULE}/undo", {}).json() == {"item": item["id"], "prompt": "essay"}
    assert [i["id"] for i in queue(class_.gail)] == before
    assert class_.mark_of(class_.gail, item["id"]) == (None, None)


def test_what_is_not_whole_is_said(class_: Class) -> None:
    item = opened(class_.gail, queue(class_.gail)[0]["id"])
    answers = [
        decide(class_.gail, item, {"evidence": 2}),
        decide(class_.gail, item, HIGH | {"test": 7}),
        decide(class_.gail, item | {"expected": "xx"}, HIGH),
        class_.gail.ask("POST", f"{MODULE}/items/{item['id']}/decision", {"marks": 5}),
        class_.gail.ask("PUT", "comments", {"add": [""]}),
    ]
    assert [a.status_code for a in answers] == [422] * 5
    gone = [
        class_.gail.ask("GET", f"{MODULE}/items/00000000"),
        class_.gail.ask("GET", "two/queue"),
        class_.gail.ask("GET", "..%2Fone/queue"),
        class_.gail.ask("GET", f"{MODULE}/queue?prompt=p9"),
    ]
    assert [a.status_code for a in gone] == [404] * 4
    other = Grader(class_.gail.lab, "another-course").no("GET", "modules")
    assert other == (403, "not-a-grader")


def test_a_suggestion_that_is_not_there_and_an_audit_that_hides_it(class_: Class) -> None:
    items = [opened(class_.gail, one["id"]) for one in queue(class_.gail)]
    for item in items:
        answer = class_.gail.ask("POST", f"{MODULE}/items/{item['id']}/suggestion", {})
        expected = (403, "blind") if item["blind"] else (422, "no-suggestion")
        assert (answer.status_code, answer.json()["code"]) == expected
        assert not item["has_suggestion"]


def test_without_the_checks_answers_are_there_to_be_read(class_: Class) -> None:
    shutil.rmtree(class_.course.root / ".coursekit")
    items = queue(class_.gail)
    assert [i["group"] for i in items] == ["unread"] * 6
    item = opened(class_.gail, items[0]["id"])
    assert item["why"] == ["No check has looked at it."]
    assert decide(class_.gail, item, HIGH).json()["points"] == 5
    assert class_.mark_of(class_.gail, item["id"])[0] == 5


def test_both_add_to_one_bank(class_: Class) -> None:
    class_.gail.ask("PUT", "comments", {"add": ["Say where the number is from."]})
    kept = class_.gil.ask("PUT", "comments", {"add": ["Clear."]}).json()["comments"]
    assert [c["text"] for c in kept] == ["Say where the number is from.", "Clear."]
    left = class_.gail.ask("PUT", "comments", {"remove": [kept[0]["id"]]}).json()["comments"]
    assert left == class_.gil.get("comments")["comments"] == [kept[1]]
