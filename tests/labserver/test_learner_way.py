"""A learner's way through a module in the lab: open, answer, commit, hand in, read what came back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from coursekit.wire.api import FeedbackUpload, FileShape, SubmitRequest

ENOUGH = "I would look at the second table."


def steps(lab: Any, course: Any) -> dict[str, Any]:
    return {step["module"]: step for step in lab.get(course.path)["steps"]}


def prompts(lab: Any, course: Any) -> dict[str, Any]:
    return {p["id"]: p for p in lab.get(course.at())["prompts"]}


def test_from_the_first_look_to_the_open_door(marias: Any, course: Any) -> None:
    lab = marias
    mine = next(c for c in lab.get("courses") if c["course"] == course.name)
    assert mine == {"course": course.name, "title": "Lamps", "role": "learner"}

    seen = lab.get(course.path)
    assert (seen["title"], seen["role"], seen["time_zone"], seen["place"]) == (
        "Lamps",
        "learner",
        "Europe/Berlin",
        None,
    )
    assert [(s["module"], s["state"], s["folder"]) for s in seen["steps"]] == [
        ("first", "open", None),
        ("second", "locked", None),
    ]
    assert lab.no("POST", f"{course.at('second')}/open", {}) == (423, "previous-not-submitted")
    assert not lab.folder(course.name, "second").exists()

    opened = lab.post(f"{course.at()}/open")
    here = f"{course.name}/first"
    assert opened == {"folder": here, "notebook": f"{here}/first.ipynb", "release": 1}
    assert lab.post(f"{course.at()}/open") == opened
    assert (steps(lab, course)["first"]["folder"], steps(lab, course)["first"]["state"]) == (
        here,
        "in progress",
    )

    lab.put(f"{course.at()}/answers/p1", {"response": {"value": "7,5 hours", "reason": "So."}})
    lab.post(f"{course.at()}/commitments/p1", {"shown": {"value": "7,5 hours", "reason": "So."}})
    lab.write(course.name, "first", "p2", ENOUGH)
    done = lab.post(f"{course.at()}/submissions", {"shown": lab.shown(course.name, "first")})
    assert (done["opened"], done["missing"], done["standing"], done["counts"], done["warnings"]) == (
        ["second"],
        [],
        "in time",
        True,
        [],
    )
    assert (lab.root / done["receipt"]["path"]).is_file()
    assert steps(lab, course)["second"]["state"] == "open"
    assert lab.post(f"{course.at('second')}/open")["folder"] == f"{course.name}/second"
    (row,) = lab.get(f"{course.at()}/submissions")
    assert (row["submission"], row["counts"], row["by"]) == (done["submission"], True, None)


def test_a_module_as_its_notebook_sees_it(maria: Any, course: Any) -> None:
    here = f"{course.name}/first"
    found = maria.get(f"module-of?path={here}/first.ipynb")
    assert found == maria.get(course.at())
    assert {k: found[k] for k in ("course", "module", "title", "folder", "notebook", "release")} == {
        "course": course.name,
        "module": "first",
        "title": "First",
        "folder": here,
        "notebook": f"{here}/first.ipynb",
        "release": 1,
    }
    asked = {p["id"]: p for p in found["prompts"]}
    assert [(p["kind"], p["required"]) for p in asked.values()] == [
        ("estimate", True),
        ("reflection", True),
        ("analysis", False),
    ]
    assert {k: asked["p1"][k] for k in ("question", "unit", "min", "max", "min_words", "minutes")} == {
        "question": "How many *hours*?",
        "unit": "hours",
        "min": 0,
        "max": 24,
        "min_words": 0,
        "minutes": 5,
    }
    assert asked["p2"]["rubric"] == {
        "title": "A view",
        "criteria": [
            {"id": "fact", "ask": "Cites a fact.", "levels": [[0, "No fact."], [1, "A fact."], [2, "Two."]]}
        ],
    }
    for p in asked.values():
        untouched = ("response", "sealed", "receipt", "reveal")
        assert [p[k] for k in untouched] == [None] * 4
        assert (p["words"], p["revised"], p["revisions"]) == (0, False, [])
    assert [p["refusal"]["code"] for p in asked.values()] == ["no-number", "empty-answer", "empty-answer"]


def test_a_release_without_rubrics_has_none(maria: Any, course: Any) -> None:
    course.release("first", rubrics={}, note="Anew.")
    maria.post(f"{course.at()}/update")
    assert [p["rubric"] for p in prompts(maria, course).values()] == [None] * 3


@pytest.mark.parametrize(
    ("typed", "heard", "kept", "refused"),
    [
        ("7,5", "7.5", 7.5, None),
        ("8 hours", "8", 8, None),
        (9, "9", 9, None),
        ("8,451", "8451", 8451, "out-of-range"),
        ("many", "", None, "no-number"),
        ("", "", None, "no-number"),
    ],
)
def test_a_number_is_heard_and_answered_anew(
    maria: Any, course: Any, typed: Any, heard: str, kept: Any, refused: str | None
) -> None:
    said = maria.put(f"{course.at()}/answers/p1", {"response": {"value": typed, "reason": "Just so."}})
    assert (said["heard"], said["prompt"]["response"]) == (heard, {"value": kept, "reason": "Just so."})
    assert said["prompt"]["words"] == 2
    assert (said["prompt"]["refusal"] or {}).get("code") == refused
    assert prompts(maria, course)["p1"] == said["prompt"]


def test_commit_reveal_and_a_revision_beside_it(maria: Any, course: Any) -> None:
    maria.put(f"{course.at()}/answers/p1", {"response": {"value": 8}})
    done = maria.post(f"{course.at()}/commitments/p1", {"shown": {"value": 8}})
    assert (done["revision"], done["missing"], done["warnings"]) == (1, ["p2"], [])
    sealed = done["prompt"]
    assert (sealed["sealed"], sealed["revised"], sealed["refusal"]) == ({"value": 8}, False, None)
    text, picture = sealed["reveal"]
    assert text["text/markdown"] == "It burned for **nine** hours."
    assert 'alt="Nine bars"' in picture["text/html"]
    assert (maria.folder(course.name, "first") / "exhibits/night.csv").read_bytes() == b"hour\n9\n"
    kept = json.loads((maria.root / sealed["receipt"]["path"]).read_text())
    assert kept["receipt"]["at"] == sealed["receipt"]["at"]

    unchanged = {"shown": {"value": 8}, "revision": True}
    assert maria.no("POST", f"{course.at()}/commitments/p1", unchanged) == (422, "nothing-changed")
    maria.put(f"{course.at()}/answers/p1", {"response": {"value": 9}})
    assert prompts(maria, course)["p1"]["revised"]
    again = maria.post(f"{course.at()}/commitments/p1", {"shown": {"value": 9}, "revision": True})
    assert (again["revision"], again["prompt"]["sealed"]) == (2, {"value": 8})
    (revision,) = again["prompt"]["revisions"]
    assert (maria.root / revision["path"]).is_file()
    assert revision["short"] != again["prompt"]["receipt"]["short"]


def test_prose_is_sealed_as_it_stands_in_the_saved_notebook(maria: Any, course: Any) -> None:
    maria.write(course.name, "first", "p2", ENOUGH)
    state = prompts(maria, course)["p2"]
    assert (state["response"], state["words"], state["refusal"]) == ({"text": ENOUGH}, 7, None)
    assert maria.no("POST", f"{course.at()}/commitments/p2", {"shown": {"text": ENOUGH + " And"}}) == (
        409,
        "not-as-shown",
    )
    assert prompts(maria, course)["p2"]["sealed"] is None
    done = maria.post(f"{course.at()}/commitments/p2", {"shown": {"text": ENOUGH}})
    assert done["prompt"]["sealed"] == {"text": ENOUGH}
    assert done["prompt"]["reveal"] == []


def test_an_answer_that_is_none_yet_is_not_sealed(maria: Any, course: Any) -> None:
    maria.write(course.name, "first", "p2", "Too short")
    short = {"shown": {"text": "Too short"}}
    assert maria.no("POST", f"{course.at()}/commitments/p2", short) == (422, "too-short")
    empty = {"shown": {"code": "# YOUR CODE HERE\nraise NotImplementedError()"}}
    assert maria.no("POST", f"{course.at()}/commitments/p3", empty) == (422, "empty-answer")
    assert maria.no("PUT", f"{course.at()}/answers/p2", {"response": {"text": "x"}}) == (
        422,
        "answer-in-notebook",
    )


def test_an_answer_that_cannot_be_read_says_so_and_leaves_the_others_alone(maria: Any, course: Any) -> None:
    value = maria.notebook(course.name, "first")
    for n, text in enumerate(("One answer of mine.", "Another answer of mine.")):
        cell = next(c for c in value["cells"] if c["id"] == "p2")
        value["cells"].append({**cell, "id": f"copy-{n}", "source": text})
    (maria.folder(course.name, "first") / "first.ipynb").write_text(json.dumps(value))
    found = prompts(maria, course)
    assert found["p2"]["refusal"]["code"] == "two-answers"
    assert found["p1"]["refusal"]["code"] == "no-number"
    (maria.folder(course.name, "first") / "responses.json").write_text("{")
    found = prompts(maria, course)
    assert found["p1"]["refusal"]["code"] == "damaged-file"
    assert found["p3"]["refusal"]["code"] == "empty-answer"
    assert maria.no("PUT", f"{course.at()}/answers/p1", {"response": {"value": 3}}) == (422, "damaged-file")


def test_a_revealed_file_without_a_place_does_not_undo_the_commitment(maria: Any, course: Any) -> None:
    exhibits = maria.folder(course.name, "first") / "exhibits"
    exhibits.rename(exhibits.with_name("mine"))
    exhibits.write_text("in the way")
    maria.put(f"{course.at()}/answers/p1", {"response": {"value": 8}})
    done = maria.post(f"{course.at()}/commitments/p1", {"shown": {"value": 8}})
    assert done["prompt"]["sealed"] == {"value": 8}
    assert done["prompt"]["reveal"][0]["text/markdown"] == "It burned for **nine** hours."
    (said,) = done["warnings"]
    assert "exhibits/night.csv could not be written" in said


def test_a_new_release_comes_with_notes(maria: Any, course: Any) -> None:
    maria.write(course.name, "first", "p2", ENOUGH)
    assert maria.post(f"{course.at()}/update") == []
    course.release("first", note="A lamp burned all night.")
    assert steps(maria, course)["first"]["update_available"]
    (done,) = maria.post(f"{course.at()}/update")
    assert (done["before"], done["release"]) == (1, 2)
    assert done["notes"][0].startswith("Release 2 is in place of release 1. 1 text corrected;")
    assert (maria.folder(course.name, "first") / done["copy"] / "first.ipynb").is_file()
    texts = [c["source"] for c in maria.shown(course.name, "first")]
    assert texts[:2] == ["A lamp burned all night.", ENOUGH]
    assert maria.get(course.at())["release"] == 2
    assert not steps(maria, course)["first"]["update_available"]


def test_a_submission_comes_back_as_it_was(maria: Any, course: Any) -> None:
    for text in ("The first version.", "The second version."):
        maria.write(course.name, "first", "p2", text)
        asked = {"shown": maria.shown(course.name, "first"), "allow_missing": True}
        maria.post(f"{course.at()}/submissions", asked)
    first, _ = maria.get(f"{course.at()}/submissions")
    back = maria.post(f"{course.path}/submissions/{first['submission']}/copy")
    assert back["folder"].startswith(f"{course.name}/first-as-handed-in-20")
    there = maria.root / back["notebook"]
    assert "The first version." in there.read_text()
    # Opened again, not fetched again; and what was done in it stays.
    there.write_text(there.read_text().replace("first version", "old version"))
    assert maria.post(f"{course.path}/submissions/{first['submission']}/copy") == back
    assert "old version" in there.read_text()
    # It is no module: nothing that is written there is ever taken for an answer.
    assert maria.get(f"module-of?path={back['notebook']}") is None
    assert maria.no("POST", f"{course.path}/submissions/0000/copy", {}) == (404, "no-such-submission")


def test_nobody_gets_anothers_submission(maria: Any, course: Any) -> None:
    with course.house.as_user("olu") as olu:
        request = SubmitRequest(files=[FileShape.of("first.ipynb", b"{}")])
        theirs = olu.submit(course.name, "first", request).submission
    assert maria.no("POST", f"{course.path}/submissions/{theirs}/copy", {})[0] == 404


def test_feedback_from_its_file_for_programs_and_never_as_html(maria: Any, course: Any) -> None:
    maria.write(course.name, "first", "p2", ENOUGH)
    asked = {"shown": maria.shown(course.name, "first"), "allow_missing": True}
    handed_in = maria.post(f"{course.at()}/submissions", asked)["submission"]
    page = {
        **{"schema": "coursekit.feedback/2", "fingerprint": "x", "title": "First", "learner": "maria"},
        **{"language": "", "submitted_at": "2027-01-11 08:00 UTC", "submission": handed_in},
        **{"score": 2.5, "max_score": 4, "penalty": 0.5, "waiting": 1},
        "items": [
            {
                **{"prompt": "p2", "title": "Your view", "question": "?", "answer": ENOUGH, "is_code": False},
                **{"score": 2, "max_score": 3, "waiting": True, "comment": "<b>Well</b> said."},
                **{
                    "rows": [],
                    "left_out": 0,
                    "problem": "",
                    "parts": [],
                    "next_step": "Look.",
                    "checks_note": "",
                },
                "checks": [{"label": "A fact", "state": "found", "quote": "table", "start": 20, "end": 25}],
            }
        ],
    }
    files = [
        FileShape.of("feedback.html", b"<script>alert(1)</script>"),
        FileShape.of("feedback.json", json.dumps(page).encode()),
    ]
    given = FeedbackUpload(learner="maria", submission=handed_in, score=2.5, max_score=4, files=files)
    course.chen.give_feedback(course.name, "first", given)
    answer = maria.ask("GET", f"{course.at()}/feedback")
    assert "script" not in answer.text
    (found,) = answer.json()
    assert {k: found[k] for k in ("submission", "score", "max_score", "penalty", "waiting")} == {
        **{"submission": handed_in, "score": 2.5, "max_score": 4, "penalty": 0.5, "waiting": 1}
    }
    assert found["items"] == page["items"]
    assert steps(maria, course)["first"]["state"] == "feedback ready"


@pytest.mark.parametrize(
    "content", [None, b"{", b"[]", b'{"items": [{"prompt": 3}], "score": 1, "max_score": 2}']
)
def test_of_other_feedback_the_points_are_known(maria: Any, course: Any, content: bytes | None) -> None:
    files = [FileShape.of("feedback.html", b"<p>4</p>")]
    files += [] if content is None else [FileShape.of("feedback.json", content)]
    given = FeedbackUpload(learner="maria", score=3, max_score=4, files=files)
    course.chen.give_feedback(course.name, "first", given)
    (found,) = maria.get(f"{course.at()}/feedback")
    assert (found["score"], found["max_score"], found["items"], found["submission"]) == (3, 4, [], None)


def test_pointers_and_the_way_to_a_person(maria: Any, course: Any) -> None:
    assert maria.get(f"{course.at()}/pointers")["state"] == "nothing handed in"
    assert maria.no("POST", f"{course.at()}/appeals/p2", {"reason": "Why?"}) == (409, "nothing-handed-in")
    maria.write(course.name, "first", "p2", ENOUGH)
    maria.post(
        f"{course.at()}/submissions", {"shown": maria.shown(course.name, "first"), "allow_missing": True}
    )
    assert maria.get(f"{course.at()}/pointers")["state"] in ("being checked", "not checked")
    assert maria.post(f"{course.at()}/appeals/p2", {"reason": "Please."}) is None
    assert [row.reason for row in course.chen.appeals(course.name, "first")] == ["Please."]
    assert maria.no("POST", f"{course.at()}/appeals/p2", {"reason": "x" * 3000}) == (422, "bad-reason")


def test_whose_clocks_and_where_one_was(maria: Any, course: Any) -> None:
    maria.put(f"{course.path}/time-zone", {"time_zone": "Africa/Lagos"})
    place = {"module": "first", "cell_id": "p2", "prompt": "p2"}
    maria.put(f"{course.path}/place", place)
    seen = maria.get(course.path)
    assert (seen["time_zone"], seen["course_time_zone"], seen["place"]) == (
        "Africa/Lagos",
        "Europe/Berlin",
        place,
    )
    # The course is written in it; what surrounds it on the screen may be in another one.
    assert seen["language"] == "en"
    assert maria.no("PUT", f"{course.path}/time-zone", {"time_zone": "Mars/North"})[0] == 422
    kept = json.loads((maria.root / ".coursekit/lab.json").read_text())
    assert kept["places"][course.name] == place
    # It lies in no module's folder, and is handed in with none.
    maria.write(course.name, "first", "p2", ENOUGH)
    asked = {"shown": maria.shown(course.name, "first"), "allow_missing": True}
    done = maria.post(f"{course.at()}/submissions", asked)
    sent = course.chen.read_submission(course.name, done["submission"]).files
    assert [f.path for f in sent] == ["first.ipynb"]
    assert b"lab.json" not in b"".join(f.content for f in sent)


@pytest.mark.parametrize("content", [None, "{", '{"schema": "coursekit.prompts/9"}'])
def test_a_module_whose_prompts_file_is_gone_or_damaged_is_got_again(
    maria: Any, course: Any, content: str | None
) -> None:
    maria.write(course.name, "first", "p2", ENOUGH)
    there = maria.folder(course.name, "first") / "prompts.json"
    before = there.read_bytes()
    there.unlink()
    if content is not None:
        there.write_text(content)
    assert maria.ask("GET", course.at()).status_code in (404, 422)
    assert maria.ask("GET", f"module-of?path={course.name}/first/first.ipynb").text == "null"
    assert maria.get(course.path)["steps"][0]["folder"] is None
    assert maria.post(f"{course.at()}/open")["folder"] == f"{course.name}/first"
    assert there.read_bytes() == before
    assert prompts(maria, course)["p2"]["response"] == {"text": ENOUGH}


def test_an_update_brings_back_what_was_damaged(maria: Any, course: Any) -> None:
    maria.write(course.name, "first", "p2", ENOUGH)
    (maria.folder(course.name, "first") / "prompts.json").write_text("{")
    course.release("first", note="Anew.")
    assert maria.no("POST", f"{course.at()}/open", {}) == (409, "other-release")
    (done,) = maria.post(f"{course.at()}/update")
    assert done["release"] == 2
    assert prompts(maria, course)["p2"]["response"] == {"text": ENOUGH}
