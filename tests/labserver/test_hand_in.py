"""A hand-in takes what the learner sees, all of it, once; whatever breaks in between."""

from __future__ import annotations

import json
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest

from coursekit.wire.course import CourseShape
from coursekit.wiring.clock import utc_now

ENOUGH = "I would look at the second table."


def write(maria: Any, course: Any, text: str = ENOUGH) -> None:
    maria.put(f"{course.at()}/answers/p1", {"response": {"value": 8}})
    maria.write(course.name, "first", "p2", text)


def kept(course: Any) -> list[str]:
    return [row.submission for row in course.chen.submissions(course.name, "first")]


def sent(course: Any, submission: str) -> dict[str, bytes]:
    return {f.path: f.content for f in course.chen.read_submission(course.name, submission).files}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            lambda cells: cells[1].update(source=ENOUGH + " And more."), id="a word that is not saved"
        ),
        pytest.param(lambda cells: cells[0].update(source=""), id="the author's text"),
        pytest.param(lambda cells: cells.pop(), id="a cell that is not shown"),
        pytest.param(
            lambda cells: cells.append({"cell_id": "new", "source": "x"}), id="a cell that is not saved"
        ),
        pytest.param(lambda cells: cells.reverse(), id="another order"),
        pytest.param(lambda cells: cells[1].update(cell_id="other"), id="another cell"),
        pytest.param(lambda cells: cells.clear(), id="nothing shown"),
    ],
)
def test_never_anything_but_what_is_shown(maria: Any, course: Any, change: Any) -> None:
    write(maria, course)
    cells = maria.shown(course.name, "first")
    change(cells)
    assert maria.no("POST", f"{course.at()}/submissions", {"shown": cells}) == (409, "not-as-shown")
    assert maria.no(
        "POST", f"{course.at()}/submissions", {"shown": cells, "allow_missing": True, "use_this": True}
    ) == (409, "not-as-shown")
    assert kept(course) == []
    assert maria.get(course.at())["prompts"][0]["sealed"] is None


def test_the_cell_that_differs_is_named(maria: Any, course: Any) -> None:
    write(maria, course)
    cells = maria.shown(course.name, "first")
    cells[1]["source"] += "!"
    answer = maria.ask("POST", f"{course.at()}/submissions", {"shown": cells})
    assert answer.json()["cell_id"] == "p2"


def test_what_is_collected_is_what_was_on_the_screen(maria: Any, course: Any) -> None:
    text = "Zwölf 🙂 Wörter,\nmit   Leerzeichen \\ und “Zeichen”.\t"
    write(maria, course, text)
    done = maria.post(f"{course.at()}/submissions", {"shown": maria.shown(course.name, "first")})
    files = sent(course, done["submission"])
    assert sorted(files) == ["first.ipynb", "responses.json"]
    assert [c["source"] for c in json.loads(files["first.ipynb"])["cells"]][1] == text
    responses = course.chen.read_submission(course.name, done["submission"]).responses
    assert responses == {"p1": {"value": 8}, "p2": {"text": text}}


def test_empty_prompts_are_named_and_can_be_handed_in_on_purpose(maria: Any, course: Any) -> None:
    cells = {"shown": maria.shown(course.name, "first")}
    answer = maria.ask("POST", f"{course.at()}/submissions", cells)
    said = answer.json()
    assert (answer.status_code, said["code"], said["prompts"]) == (422, "prompts-missing", ["p1", "p2"])
    assert said["detail"] == "“Hours” has no answer yet that could be handed in. Nor has one other."
    maria.put(f"{course.at()}/answers/p1", {"response": {"value": 800}})
    assert maria.ask("POST", f"{course.at()}/submissions", cells).json()["prompts"] == ["p1", "p2"]
    maria.put(f"{course.at()}/answers/p1", {"response": {"value": 8}})
    assert maria.ask("POST", f"{course.at()}/submissions", cells).json()["prompts"] == ["p2"]
    assert kept(course) == []
    done = maria.post(f"{course.at()}/submissions", cells | {"allow_missing": True})
    assert (done["missing"], done["opened"]) == (["p2"], [])


def test_what_is_sealed_is_not_missing_whatever_became_of_the_draft(maria: Any, course: Any) -> None:
    write(maria, course)
    for prompt, shown in (("p1", {"value": 8}), ("p2", {"text": ENOUGH})):
        maria.post(f"{course.at()}/commitments/{prompt}", {"shown": shown})
    maria.write(course.name, "first", "p2", "")
    (maria.folder(course.name, "first") / "responses.json").unlink()
    done = maria.post(f"{course.at()}/submissions", {"shown": maria.shown(course.name, "first")})
    assert (done["missing"], done["opened"]) == ([], ["second"])


def test_a_renamed_notebook_is_asked_for_by_its_name(maria: Any, course: Any) -> None:
    write(maria, course)
    cells = maria.shown(course.name, "first")
    there = maria.folder(course.name, "first") / "first.ipynb"
    there.rename(there.with_name("mine.ipynb"))
    assert maria.no("POST", f"{course.at()}/submissions", {"shown": cells}) == (422, "no-notebook")
    assert maria.get(f"module-of?path={course.name}/first/mine.ipynb") is None
    # To open the module brings the author's beside it; nothing is lost.
    maria.post(f"{course.at()}/open")
    assert ENOUGH in there.with_name("mine.ipynb").read_text()
    assert ENOUGH not in there.read_text()


def test_two_tabs_hand_in_at_once(maria: Any, course: Any) -> None:
    write(maria, course)
    asked = {"shown": maria.shown(course.name, "first")}
    with ThreadPoolExecutor(4) as tabs:
        done = list(tabs.map(lambda _: maria.post(f"{course.at()}/submissions", asked), range(4)))
    # The same again is the same: one submission, one receipt.
    assert {d["submission"] for d in done} == set(kept(course))
    assert len(kept(course)) == 1
    assert len({json.dumps(d["receipt"]) for d in done}) == 1


def test_two_tabs_commit_at_once(maria: Any, course: Any) -> None:
    """The one that comes second is answered with what is sealed, and makes no revision."""
    maria.put(f"{course.at()}/answers/p1", {"response": {"value": 8}})
    with ThreadPoolExecutor(4) as tabs:
        done = list(
            tabs.map(lambda _: maria.post(f"{course.at()}/commitments/p1", {"shown": {"value": 8}}), range(4))
        )
    assert {d["revision"] for d in done} == {1}
    assert len({d["prompt"]["receipt"]["short"] for d in done}) == 1
    maria.put(f"{course.at()}/answers/p1", {"response": {"value": 9}})
    late = maria.post(f"{course.at()}/commitments/p1", {"shown": {"value": 9}})
    assert (late["revision"], late["prompt"]["sealed"], late["prompt"]["revisions"]) == (1, {"value": 8}, [])


def test_answers_that_two_tabs_save_are_all_kept_and_the_last_one_stands(maria: Any, course: Any) -> None:
    def save(number: int) -> Any:
        return maria.put(
            f"{course.at()}/answers/p1", {"response": {"value": number % 24, "reason": f"r{number}"}}
        )

    with ThreadPoolExecutor(6) as tabs:
        said = list(tabs.map(save, range(24)))
    assert [s["prompt"]["response"]["value"] for s in said] == list(range(24))
    save(5)
    assert maria.get(course.at())["prompts"][0]["response"] == {"value": 5, "reason": "r5"}


def test_a_server_killed_between_sending_and_the_answer_hands_in_once(servers: Any, course: Any) -> None:
    lab = servers("maria").begin().started()
    line = course.house.line
    lab.post(f"{course.at()}/open")
    write(lab, course)
    asked = {"shown": lab.shown(course.name, "first")}
    line.held.clear()
    line.hold = lambda method, path: method == "POST" and path.endswith("/submissions")
    broken: list[str] = []

    def hand_in() -> None:
        try:
            lab.ask("POST", f"{course.at()}/submissions", asked)
        except httpx.HTTPError as error:
            broken.append(type(error).__name__)

    thread = threading.Thread(target=hand_in)
    thread.start()
    assert line.held.wait(20)
    # The exchange has it; nobody on this side knows.
    assert len(kept(course)) == 1
    lab.stop(signal.SIGKILL)
    thread.join(20)
    assert broken
    line.hold = lambda method, path: False
    assert list((lab.folder(course.name, "first") / ".coursekit").glob("submissions/*")) == []
    lab.begin().started()
    done = lab.post(f"{course.at()}/submissions", asked)
    assert kept(course) == [done["submission"]]
    assert (lab.root / done["receipt"]["path"]).is_file()
    assert done["opened"] == ["second"]
    lab.stop()


def test_an_exchange_that_is_away_takes_nothing_and_loses_nothing(maria: Any, course: Any) -> None:
    write(maria, course)
    asked = {"shown": maria.shown(course.name, "first")}
    course.house.line.is_cut = True
    assert maria.no("POST", f"{course.at()}/submissions", asked) == (503, "exchange-unreachable")
    assert maria.no("POST", f"{course.at()}/commitments/p1", {"shown": {"value": 8}}) == (
        503,
        "exchange-unreachable",
    )
    course.house.line.is_cut = False
    assert kept(course) == []
    done = maria.post(f"{course.at()}/submissions", asked)
    assert kept(course) == [done["submission"]]


def test_late_work_is_said_to_be_late_in_words_for_the_lab(maria: Any, course: Any) -> None:
    shape = {
        **{"id": course.name, "title": "Lamps", "time_zone": "Europe/Berlin"},
        "modules": [
            {"id": "first", "title": "First", "due": utc_now() + timedelta(days=1)},
            {"id": "second", "title": "Second", "after": ["first"]},
        ],
    }

    course.chen.put_course(CourseShape.model_validate(shape))
    write(maria, course, "In time it was.")
    asked = {"shown": maria.shown(course.name, "first")}
    assert maria.post(f"{course.at()}/submissions", asked)["warnings"] == []
    shape["modules"][0]["due"] = utc_now() - timedelta(hours=3)  # type: ignore[index]
    course.chen.put_course(CourseShape.model_validate(shape))
    write(maria, course, "Late it is, this time.")
    asked = {"shown": maria.shown(course.name, "first")}
    late = maria.post(f"{course.at()}/submissions", asked)
    assert (late["standing"], late["counts"]) == ("late", True)
    assert late["warnings"][0].startswith("It is late by 3 h")
    assert not [said for said in late["warnings"] if "--" in said]
