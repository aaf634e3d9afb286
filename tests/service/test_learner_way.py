"""A learner's way through a course, over HTTP: fetch, commit, hand in, and the next door opens."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from coursekit.model.errors import BadInput, Locked, NotFound
from coursekit.model.submission import File, manifest_digest, sha256
from coursekit.wire.api import Step, SubmitRequest
from coursekit.wire.receipts import receipt_from_shape

C = "lamps"


def step(house: Any, module: str, who: str = "maria") -> Step:
    return next(s for s in house.as_user(who).path(C).steps if s.module == module)


def states(house: Any, who: str = "maria") -> list[str]:
    return [s.state for s in house.as_user(who).path(C).steps]


# the path, and a fetch


def test_the_path_shows_each_module_and_why_it_is_locked(lamps: Any) -> None:
    path = lamps.as_user("maria").path(C)
    assert (path.title, path.time_zone) == ("Lamps", "Europe/Berlin")
    assert states(lamps) == ["open", "locked", "locked"]
    first, second, _ = path.steps
    assert first.refusal is None
    assert (first.release, first.fetched_release, first.committed, first.required) == (1, None, 0, 2)
    assert second.refusal is not None
    assert second.refusal.code == "previous-not-submitted"
    assert second.refusal.reason == "“First” is not handed in yet."
    assert second.refusal.next_step == "Hand in “First”, then open this one."


def test_the_path_shows_the_parts_that_have_modules(lamps: Any, make: Any) -> None:
    titles = [{"id": p, "title": p.capitalize(), "summary": ""} for p in ("light", "dark", "later")]
    parts = zip(("first", "second", "third"), ("light", "dark", "dark"), strict=True)
    lamps.as_user("chen").put_course(
        make.course(*(make.module(name, part=part) for name, part in parts), parts=titles)
    )
    assert [p.model_dump() for p in lamps.as_user("maria").path(C).parts] == [
        {"id": "light", "title": "Light", "summary": "", "modules": ["first"]},
        {"id": "dark", "title": "Dark", "summary": "", "modules": ["second", "third"]},
    ]
    # Asked in other words, it does not come by the express lane.
    asked = lamps.raw("GET", f"/courses/{C}/path?parts=1", "maria").json()
    assert asked == lamps.raw("GET", f"/courses/{C}/path?parts=true", "maria").json()
    # As an older client asks, who refuses a field that it does not know.
    plain = lamps.raw("GET", f"/courses/{C}/path", "maria").json()
    assert "parts" not in plain
    assert "part" not in plain["steps"][0]


def test_the_path_of_a_course_without_parts_is_as_it_was(lamps: Any) -> None:
    asked, plain = (
        lamps.raw("GET", f"/courses/{C}/path{query}", "maria").json() for query in ("?parts=true", "")
    )
    assert asked == plain
    assert set(plain) == {"course", "title", "time_zone", "course_time_zone", "language", "steps"}


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        (("light", "dark", "light"), "part-apart"),
        (("light", None, "dark"), "module-without-part"),
        (("light", "dark", "glow"), "unknown-part"),
    ],
)
def test_parts_that_do_not_go_together_are_refused(lamps: Any, make: Any, parts: Any, code: str) -> None:
    titles = [{"id": p, "title": p.capitalize()} for p in ("light", "dark")]
    named = zip(("first", "second", "third"), parts, strict=True)
    with pytest.raises(BadInput) as refused:
        lamps.as_user("chen").put_course(
            make.course(*(make.module(name, part=part) for name, part in named), parts=titles)
        )
    assert refused.value.code == code
    assert lamps.as_user("maria").path(C).parts == []


@pytest.mark.parametrize(
    ("method", "rest"),
    [
        ("GET", "files"),
        ("POST", "commitments/p1"),
        ("POST", "submissions"),
        ("GET", "reveals/p1"),
    ],
)
def test_a_locked_module_gives_a_reason_and_no_byte(
    lamps: Any, make: Any, problem: Any, canaries: Any, method: str, rest: str
) -> None:
    bodies = {
        "commitments/p1": {"response": make.answer()},
        "submissions": make.hand_in("second", "p1", "p2").model_dump(mode="json"),
    }
    before = lamps.kept()
    answer = lamps.raw(method, f"/courses/{C}/modules/second/{rest}", "maria", body=bodies.get(rest))
    code = "not-committed" if rest == "reveals/p1" else "previous-not-submitted"
    problem(answer, 423, code)
    assert canaries(answer.content) == []
    assert lamps.kept() == before


def test_the_canary_finder_finds(lamps: Any, canaries: Any) -> None:
    """Else the test above could not fail."""
    answer = lamps.raw("GET", f"/courses/{C}/modules/first/files", "maria")
    assert canaries(answer.content) == ["CANARY-FILE"]
    for lead in (b"", b"x", b"xy"):
        assert canaries(base64.b64encode(lead + b"CANARY-SEALED")) == ["CANARY-SEALED"]


def test_a_fetch_hands_out_the_newest_release_byte_for_byte(lamps: Any, make: Any) -> None:
    fetched = lamps.as_user("maria").fetch(C, "first")
    sent = make.upload("first")
    assert {f.path: f.content for f in fetched.files} == {f.path: f.content for f in sent.files}
    assert all(f.sha256 == sha256(f.content) for f in fetched.files)
    assert fetched.release == 1
    assert states(lamps)[0] == "in progress"
    assert step(lamps, "first").fetched_release == 1


def test_a_module_that_is_not_released_says_so(house: Any, make: Any) -> None:
    house.enrol(maria="learner", chen="instructor")
    maria = house.as_user("maria")
    assert maria.path(C).steps == []
    house.as_user("chen").put_course(make.course(make.module("first")))
    assert states(house) == ["unreleased"]
    with pytest.raises(NotFound) as caught:
        maria.fetch(C, "first")
    assert caught.value.code == "not-released"


# commit


def test_a_commit_gives_a_receipt_and_opens_its_reveal(lamps: Any, make: Any) -> None:
    maria = lamps.as_user("maria")
    lamps.clock.advance(minutes=7)
    committed = maria.commit(C, "first", "p1", make.answer())
    receipt = committed.receipt
    assert (receipt.kind, receipt.course, receipt.module) == ("commitment", C, "first")
    assert (receipt.learner, receipt.release, receipt.subject) == ("maria", 1, "p1")
    assert receipt.at.startswith("2027-01-11T08:07:00.")
    assert committed.response == make.answer()
    assert (committed.revision, committed.missing) == (1, ["p2"])
    assert [c.source for c in committed.reveal.cells] == ["CANARY-REVEAL-first-p1"]
    assert [(f.path, f.content) for f in committed.reveal.files] == [("p1.csv", b"CANARY-SEALED-first-p1")]
    assert maria.reveal(C, "first", "p1") == committed.reveal
    assert (step(lamps, "first").committed, states(lamps)[0]) == (1, "in progress")


def test_nobody_elses_commit_opens_my_reveal(lamps: Any, make: Any, problem: Any, canaries: Any) -> None:
    lamps.as_user("olu").commit(C, "first", "p1", make.answer())
    answer = lamps.raw("GET", f"/courses/{C}/modules/first/reveals/p1", "maria")
    problem(answer, 423, "not-committed")
    assert canaries(answer.content) == []


def test_the_same_commit_again_gets_the_same_receipt(lamps: Any, make: Any) -> None:
    maria = lamps.as_user("maria")
    first = maria.commit(C, "first", "p1", make.answer())
    rows = lamps.rows()
    lamps.clock.advance(hours=1)
    assert maria.commit(C, "first", "p1", make.answer()) == first
    assert lamps.rows() == rows


def test_another_answer_is_a_revision_and_the_first_stands(lamps: Any, make: Any) -> None:
    maria = lamps.as_user("maria")
    first = maria.commit(C, "first", "p1", make.answer())
    other = make.answer("Now that I have seen it, I would decide the other way.")
    revised = maria.commit(C, "first", "p1", other)
    assert revised.receipt == first.receipt
    assert revised.response == make.answer()
    assert revised.revision == 2
    # The learner's chain of receipts has no gap.
    assert revised.revision_receipt.previous == receipt_from_shape(first.receipt).own_digest()
    assert maria.commit(C, "first", "p1", make.answer("A third view of the same five rooms.")).revision == 3
    maria.submit(C, "first", make.hand_in("first", "p2"))
    row = maria.my_submissions(C, "first")[0]
    sealed = lamps.as_user("gil").read_submission(C, row.submission).responses
    assert sealed == {"p1": make.answer(), "p2": make.answer()}


def test_two_commits_at_once_seal_one_answer(lamps: Any, make: Any) -> None:
    maria = lamps.as_user("maria")
    texts = [f"{make.enough} Number {n}." for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda t: maria.commit(C, "first", "p1", make.answer(t)), texts))
    assert len({a.receipt.signature for a in answers}) == 1
    assert len({a.response["text"] for a in answers}) == 1
    assert sorted(a.revision for a in answers) == list(range(1, 9))


@pytest.mark.parametrize(
    ("response", "code"),
    [({}, "empty-answer"), ({"text": "  "}, "empty-answer"), ({"text": "Too short."}, "too-short")],
)
def test_what_is_no_answer_is_not_sealed(lamps: Any, response: dict[str, Any], code: str) -> None:
    before = lamps.kept()
    with pytest.raises(BadInput) as caught:
        lamps.as_user("maria").commit(C, "first", "p1", response)
    assert caught.value.code == code
    assert lamps.kept() == before


def test_a_prompt_that_does_not_exist_is_named_with_those_that_do(lamps: Any, make: Any) -> None:
    with pytest.raises(NotFound, match="no prompt p9") as caught:
        lamps.as_user("maria").commit(C, "first", "p9", make.answer())
    assert caught.value.next_step == "Its prompts are: p1, p2."


# submit


def test_a_submission_gives_a_receipt_and_opens_the_next_module(lamps: Any, make: Any) -> None:
    maria = lamps.as_user("maria")
    maria.commit(C, "first", "p1", make.answer())
    request = make.hand_in("first", "p1", "p2")
    done = maria.submit(C, "first", request)
    assert (done.missing, done.opened, done.late_seconds) == ([], ["second"], 0)
    assert [r.subject for r in done.commitments] == ["p2"]
    assert (done.receipt.kind, done.receipt.subject) == ("submission", done.submission)
    rows = maria.my_submissions(C, "first")
    assert [(r.submission, r.digest, r.missing) for r in rows] == [(done.submission, done.receipt.digest, [])]
    content = maria.read_submission(C, done.submission)
    assert [(f.path, f.content) for f in content.files] == [(f.path, f.content) for f in request.files]
    assert content.receipt == done.receipt
    assert states(lamps) == ["submitted", "open", "locked"]
    assert maria.fetch(C, "second").release == 1


def test_the_receipt_names_the_bytes_whatever_their_order(lamps: Any, make: Any) -> None:
    files = [make.file("b.txt", "two"), make.file("a/ä.txt", "one")]
    one = lamps.as_user("maria").submit(C, "first", SubmitRequest(files=files))
    again = lamps.as_user("maria").submit(C, "first", SubmitRequest(files=files[::-1]))
    assert again.receipt == one.receipt
    manifest = tuple(File(f.path, f.sha256, len(f.content)) for f in files)
    assert one.receipt.digest == manifest_digest(manifest)


def test_the_same_files_again_get_the_same_receipt(lamps: Any, make: Any) -> None:
    maria = lamps.as_user("maria")
    first = maria.submit(C, "first", make.hand_in("first", "p1", "p2"))
    before = lamps.kept()
    lamps.clock.advance(days=1)
    again = maria.submit(C, "first", make.hand_in("first", "p1", "p2"))
    assert (again.submission, again.receipt) == (first.submission, first.receipt)
    assert again.commitments == []
    assert lamps.kept() == before


def test_other_files_are_another_submission_and_the_first_stands(lamps: Any, make: Any) -> None:
    maria = lamps.as_user("maria")
    texts = ("one", "two", "one")
    done = [maria.submit(C, "first", make.hand_in("first", text=t)) for t in texts]
    assert len({d.submission for d in done}) == 3
    assert [r.submission for r in maria.my_submissions(C, "first")] == [d.submission for d in done]
    for text, one in zip(texts, done, strict=True):
        assert text.encode() in maria.read_submission(C, one.submission).files[0].content
    assert step(lamps, "first").submissions == 3


def test_an_incomplete_submission_is_kept_and_says_what_is_missing(lamps: Any, make: Any) -> None:
    maria = lamps.as_user("maria")
    done = maria.submit(C, "first", make.hand_in("first", "p2"))
    assert (done.missing, done.opened) == (["p1"], [])
    assert maria.read_submission(C, done.submission).row.missing == ["p1"]
    assert states(lamps) == ["submitted", "locked", "locked"]
    refusal = step(lamps, "second").refusal
    assert refusal is not None
    assert refusal.code == "prompts-not-committed"
    assert maria.commit(C, "first", "p1", make.answer()).missing == []
    assert states(lamps) == ["submitted", "open", "locked"]
    assert maria.submit(C, "first", make.hand_in("first", "p2")).missing == []


def test_the_missing_answers_come_with_a_second_submission(lamps: Any, make: Any) -> None:
    maria = lamps.as_user("maria")
    assert maria.submit(C, "first", make.hand_in("first")).missing == ["p1", "p2"]
    done = maria.submit(C, "first", make.hand_in("first", "p1", "p2"))
    assert (done.missing, done.opened) == ([], ["second"])


@pytest.mark.parametrize(
    "bad",
    [
        {"text": "short"},
        {"text": 7},
        {"text": ["a", "list"]},
        {"text": "Half an emoji is left of this sentence: \ud83d"},
        {"text": "Far too long for anybody to read. " * 10_000},
        {"text": "A number that is none stands beside this.", "more": float("nan")},
    ],
    ids=["short", "number", "list", "half an emoji", "too long", "nan"],
)
def test_an_answer_that_cannot_be_sealed_does_not_hold_up_the_hand_in(
    lamps: Any, make: Any, bad: dict[str, Any]
) -> None:
    body = make.hand_in("first", "p2").model_dump(mode="json")
    body["responses"]["p1"] = bad
    answer = lamps.raw("POST", f"/courses/{C}/modules/first/submissions", "maria", body=body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["missing"] == ["p1"]
    assert [r["subject"] for r in answer.json()["commitments"]] == ["p2"]


def test_a_long_answer_in_another_script_is_sealed_by_submit_as_by_commit(lamps: Any, make: Any) -> None:
    """The limit counts what is kept, not the escapes that a JSON writer may add."""
    long = {"text": "".join(chr(0x4E00 + n * 7919 % 9000) for n in range(60_000))}
    maria = lamps.as_user("maria")
    assert maria.commit(C, "first", "p1", long).missing == ["p2"]
    request = make.hand_in("first").model_copy(update={"responses": {"p2": long}})
    assert maria.submit(C, "first", request).missing == []


@pytest.mark.parametrize(
    ("prompt", "response"),
    [
        ({"kind": "estimate", "min": 0, "max": 9}, {"value": 10**400}),
        ({"kind": "estimate", "min": 0, "max": 9}, {"value": float("inf")}),
        ({"kind": "estimate", "min": 0, "max": 9}, {"value": True}),
        ({"kind": "decision", "options": [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}]},
         {"choice": ["a"], "reason": "x"}),
        ({"kind": "decision", "options": [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}]},
         {"choice": {"a": 1}}),
        ({"kind": "confidence", "scale": ["low", "mid", "high"]}, {"level": 4}),
        ({"kind": "self_assessment", "scale": ["low", "mid", "high"], "items": [{"id": "i", "label": "I"}]},
         {"levels": [1]}),
        ({"kind": "plan", "fields": [{"id": "aim", "label": "Aim"}]}, {"fields": "aim"}),
        ({"kind": "analysis"}, {"code": None}),
    ],
)  # fmt: skip
def test_a_form_that_is_filled_in_wrongly_is_refused_and_not_sealed(
    house: Any, make: Any, problem: Any, prompt: dict[str, Any], response: dict[str, Any]
) -> None:
    house.enrol(maria="learner", chen="instructor")
    house.as_user("chen").put_course(make.course(make.module("first")))
    asked = {"id": "p1", "title": "Form", "question": "?", "required": True, **prompt}
    house.as_user("chen").release(C, "first", make.upload("first", [asked]))
    before = house.rows()
    body = {"response": response}
    answer = house.raw("POST", f"/courses/{C}/modules/first/commitments/p1", "maria", body=body)
    assert answer.status_code == 422, answer.text
    problem(answer, 422, answer.json()["code"])
    assert house.rows() == before
    handed = make.hand_in("first").model_dump(mode="json") | {"responses": {"p1": response}}
    answer = house.raw("POST", f"/courses/{C}/modules/first/submissions", "maria", body=handed)
    assert (answer.status_code, answer.json()["missing"]) == (200, ["p1"])


# releases under way


def test_who_holds_an_old_release_is_judged_by_it(lamps: Any, make: Any) -> None:
    maria, olu, chen = (lamps.as_user(n) for n in ("maria", "olu", "chen"))
    maria.fetch(C, "first")
    asked = [make.prompt("p1"), make.prompt("p2"), make.prompt("p3")]
    assert chen.release(C, "first", make.upload("first", asked)).release == 2
    assert maria.submit(C, "first", make.hand_in("first", "p1", "p2")).opened == ["second"]
    assert olu.submit(C, "first", make.hand_in("first", "p1", "p2")).missing == ["p3"]


def test_fetching_a_release_that_asks_for_less_completes(lamps: Any, make: Any) -> None:
    maria = lamps.as_user("maria")
    maria.fetch(C, "first")
    maria.submit(C, "first", make.hand_in("first", "p1"))
    lamps.as_user("chen").release(C, "first", make.upload("first", [make.prompt("p1")]))
    assert states(lamps)[1] == "locked"
    assert maria.fetch(C, "first").release == 2
    assert states(lamps)[1] == "open"


def test_the_same_release_again_stays_the_same_release(lamps: Any, make: Any) -> None:
    before = lamps.rows()
    again = lamps.as_user("chen").release(C, "first", make.upload("first"))
    assert (again.release, again.unchanged) == (1, True)
    assert lamps.rows() == before


def test_what_is_open_stays_open_when_the_author_edits(lamps: Any, make: Any) -> None:
    chen = lamps.as_user("chen")
    later = (make.start + timedelta(days=9)).isoformat()
    shape = make.course(
        make.module("third", opens=later),
        make.module("first", after=["second"]),
        make.module("second", after=["third"]),
    )
    chen.put_course(shape)
    assert [(s.module, s.state) for s in lamps.as_user("maria").path(C).steps] == [
        ("third", "locked"),
        ("first", "open"),
        ("second", "locked"),
    ]
    lamps.enrol(newcomer="learner")
    assert states(lamps, "newcomer") == ["locked", "locked", "locked"]


# feedback, marks, dates, waivers


def test_feedback_comes_back_with_the_version_it_judged(lamps: Any, make: Any) -> None:
    maria, gil = lamps.as_user("maria"), lamps.as_user("gil")
    done = maria.submit(C, "first", make.hand_in("first", "p1", "p2"))
    handed_in_at = maria.my_submissions(C, "first")[0].at
    lamps.clock.advance(days=2)
    gil.give_feedback(C, "first", make.feedback("maria", 7, done.submission))
    given = maria.my_feedback(C, "first")
    assert [(f.score, f.max_score, f.submission, f.submitted_at) for f in given] == [
        (7, 10, done.submission, handed_in_at)
    ]
    assert given[0].files[0].content == b"<p>well done, maria: 7</p>"
    assert given[0].at - handed_in_at >= timedelta(days=2)
    assert states(lamps)[0] == "feedback ready"
    assert maria.my_submissions(C, "first")[0].feedback
    assert lamps.as_user("olu").my_feedback(C, "first") == []


def test_a_mark_opens_a_gate_and_a_lower_one_does_not_close_it(lamps: Any, make: Any) -> None:
    maria, gil = lamps.as_user("maria"), lamps.as_user("gil")
    for module in ("first", "second"):
        maria.submit(C, module, make.hand_in(module, "p1", "p2"))

    def code() -> str | None:
        refusal = step(lamps, "third").refusal
        return refusal.code if refusal else None

    assert code() == "mark-not-released"
    gil.give_feedback(C, "second", make.feedback("maria", 5.9))
    assert code() == "mark-too-low"
    gil.give_feedback(C, "second", make.feedback("maria", 6))
    assert code() is None
    gil.give_feedback(C, "second", make.feedback("maria", 1))
    assert (code(), states(lamps)[2]) == (None, "open")
    assert [f.score for f in maria.my_feedback(C, "second")] == [5.9, 6, 1]


def test_a_date_opens_a_module_on_the_minute_and_the_reason_says_when(house: Any, make: Any) -> None:
    house.enrol(maria="learner", chen="instructor")
    chen, maria = house.as_user("chen"), house.as_user("maria")
    # 10:00 in Berlin is 09:00 UTC.
    opens = "2027-01-11T10:00:00+01:00"
    chen.put_course(make.course(make.module("first", opens=opens)))
    chen.release(C, "first", make.upload("first"))
    with pytest.raises(Locked) as caught:
        maria.fetch(C, "first")
    assert caught.value.code == "not-open-yet"
    assert caught.value.detail == "“First” opens on Mon 11 Jan 2027, 10:00 (Europe/Berlin)."
    house.clock.advance(minutes=59, seconds=59)
    assert states(house) == ["locked"]
    house.clock.advance(seconds=1)
    assert states(house) == ["open"]


def test_a_date_that_is_never_is_refused_and_no_accident(house: Any, make: Any, problem: Any) -> None:
    house.enrol(maria="learner", chen="instructor")
    shape = make.course(make.module("first")).model_dump(mode="json")
    shape["modules"][0]["opens"] = "9999-12-31T23:59:00-05:00"
    problem(house.raw("PUT", f"/courses/{C}", "chen", body=shape), 422, "bad-request")
    shape["modules"][0]["opens"] = "2999-12-31T23:59:00-05:00"
    assert house.raw("PUT", f"/courses/{C}", "chen", body=shape).status_code == 204
    assert states(house) == ["locked"]


def test_late_is_said_in_seconds_and_never_refused(house: Any, make: Any) -> None:
    house.enrol(maria="learner", chen="instructor")
    due = make.start + timedelta(hours=1)
    house.as_user("chen").put_course(make.course(make.module("first", due=due.isoformat())))
    house.as_user("chen").release(C, "first", make.upload("first"))
    maria = house.as_user("maria")
    assert maria.submit(C, "first", make.hand_in("first", text="in time")).late_seconds == 0
    house.clock.advance(hours=3)
    late = maria.submit(C, "first", make.hand_in("first", text="late")).late_seconds
    assert 7200 <= late < 7201
    assert maria.submit(C, "first", make.hand_in("first", text="late")).late_seconds == late


def test_a_waiver_opens_one_module_for_one_learner_and_stays_on_record(lamps: Any) -> None:
    chen = lamps.as_user("chen")
    chen.waive(C, "third", "maria", "did it last year")
    assert states(lamps) == ["open", "locked", "open"]
    assert states(lamps, "olu") == ["open", "locked", "locked"]
    told = [e for e in chen.log(C) if e.verb == "waive"]
    assert [(e.actor, e.subject, e.details) for e in told] == [
        ("chen", "third", {"learner": "maria", "reason": "did it last year"})
    ]
    with pytest.raises(NotFound) as caught:
        chen.waive(C, "third", "nobody", "a typing mistake")
    assert caught.value.code == "no-such-member"


def test_the_log_tells_of_every_deed_and_of_no_answer(lamps: Any, make: Any) -> None:
    maria, chen = lamps.as_user("maria"), lamps.as_user("chen")
    maria.fetch(C, "first")
    maria.commit(C, "first", "p1", make.answer())
    maria.commit(C, "first", "p1", make.answer(make.enough + " Or not."))
    done = maria.submit(C, "first", make.hand_in("first", "p2"))
    lamps.as_user("gil").give_feedback(C, "first", make.feedback("maria", 3, done.submission))
    log = chen.log(C)
    assert [(e.actor, e.verb, e.subject) for e in log[-6:]] == [
        ("maria", "fetch", "first"),
        ("maria", "commit", "first/p1"),
        ("maria", "revise", "first/p1"),
        ("maria", "commit", "first/p2"),
        ("maria", "submit", "first"),
        ("gil", "release feedback", "first/maria"),
    ]
    assert make.enough not in str(log)


def test_courses_are_those_i_am_in(lamps: Any) -> None:
    assert [(c.course, c.title, c.role) for c in lamps.as_user("gil").courses()] == [(C, "Lamps", "grader")]
    assert lamps.as_user("stranger").courses() == []


def test_others_answers_come_after_ones_own_and_in_fives(lamps: Any, make: Any) -> None:
    asked = {
        "id": "p9",
        "kind": "decision",
        "title": "Lamp",
        "question": "On?",
        "min_words": 1,
        "options": [{"id": "on", "label": "Leave it on"}, {"id": "off", "label": "Turn it off"}],
    }
    lamps.as_user("chen").release(C, "first", make.upload("first", prompts=[asked]))
    others = [f"other{n}" for n in range(6)]
    lamps.enrol(**dict.fromkeys(others, "learner"))

    def commit(name: str, choice: str) -> list[str]:
        answer = {"choice": choice, "reason": "because"}
        return [c.source for c in lamps.as_user(name).commit(C, "first", "p9", answer).reveal.cells]

    own = ["CANARY-REVEAL-first-p9"]
    # Four others are too few to be shown to the fifth; five are enough for the sixth; the sixth adds nothing.
    assert [commit(name, "on") for name in others[:5]] == [own] * 5
    seen = commit("maria", "off")
    assert seen[:1] == own
    assert seen[1].startswith("#### How 5 others answered")
    assert seen[1].endswith("| Leave it on | 5 |\n| Turn it off | 0 |")
    commit(others[5], "off")
    assert commit("maria", "off") == seen
    # Whoever has not committed sees none of it.
    with pytest.raises(Locked):
        lamps.as_user("olu").reveal(C, "first", "p9")
    assert [c.source for c in lamps.as_user("maria").reveal(C, "first", "p9").cells] == seen
