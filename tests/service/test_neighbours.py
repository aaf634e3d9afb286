"""Nobody gets anything of somebody else's: not by any address, method, body, query or refusal.

Others' names, answers, files, marks, reasons and receipts hold canaries; then a learner asks everything there is to
ask, with every name that there is.
"""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from coursekit.wire.api import API, MemberShape, OnBehalfRequest

C = "/courses/lamps"
OTHERS = [f"canary-user-{n}" for n in range(7)]
"""More than five, so that learners are shown how others answered."""


@cache
def spellings(mark: str) -> set[bytes]:
    """In plain letters, and in base64 at any offset; each time in small letters."""
    text = mark.encode()
    coded = (base64.b64encode(text[o : o + (len(text) - o) // 3 * 3]) for o in range(3))
    return {text.lower(), *(c for c in coded if len(c) >= 12)}


class Crowd:
    """A course full of other people's things, and all the marks that these bear."""

    def __init__(self, house: Any, make: Any) -> None:
        self.house, self.make = house, make
        self.marks: set[str] = set()
        self.names: dict[str, list[str]] = {}
        self.keys: list[str] = []
        self._fill()

    def mark(self, what: str) -> str:
        name = f"canary-{what}"
        self.marks.add(name)
        return name

    def _fill(self) -> None:
        house, make, mark = self.house, self.make, self.mark
        house.enrol(maria="learner", gil="grader", chen="instructor")
        house.enrol("other", lena="learner", ines="instructor")
        chen, gil = house.as_user("chen"), house.as_user("gil")
        people = [MemberShape(user=u, name=mark(f"name-{u}"), time_zone="Africa/Lagos") for u in OTHERS]
        chen.put_members("lamps", people)
        times = {"due": "2027-02-01T12:00:00Z", "closes": "2027-02-03T12:00:00Z"}
        chen.put_course(
            make.course(
                make.module("first", **times),
                make.module("second", after=["first"]),
                make.module("third", after=["second"], gate={"kind": "passed", "mark": 0.6}),
            )
        )
        options = [{"id": "stay", "label": "Stay"}, {"id": "go", "label": "Go"}]
        decision = {
            "id": "p2",
            "kind": "decision",
            "title": "Which?",
            "question": "Which?",
            "options": options,
        }
        prompts = [make.prompt("p1"), decision | {"min_words": 3}]
        for module in ("first", "second", "third"):
            chen.release("lamps", module, make.upload(module, prompts=prompts))
        submissions = []
        for who in OTHERS:
            them = house.as_user(who)
            reason = {"choice": "go", "reason": f"for this reason {mark(f'reason-{who}')}"}
            sealed = [
                them.commit("lamps", "first", "p1", make.answer(f"{make.enough} {mark(f'answer-{who}')}")),
                them.commit("lamps", "first", "p2", reason),
                them.commit("lamps", "first", "p1", make.answer(f"{make.enough} {mark(f'revised-{who}')}")),
            ]
            work = make.notebook(make.cell(f"my work {mark(f'work-{who}')}"))
            files = [
                make.file("first.ipynb", work),
                make.file(f"{mark(f'file-{who}')}.txt", mark(f"text-{who}")),
            ]
            done = them.submit("lamps", "first", make.hand_in("first").model_copy(update={"files": files}))
            late = them.submit("lamps", "first", make.hand_in("first", text=mark(f"again-{who}")))
            submissions += [done.submission, late.submission]
            for receipt in (*(s.receipt for s in sealed), done.receipt, late.receipt):
                self.marks |= {receipt.signature, receipt.digest}
            given = make.feedback(who, 7.3125, done.submission)
            page = make.file(f"{mark(f'page-{who}')}.html", f"<p>{mark(f'comment-{who}')}</p>")
            gil.give_feedback("lamps", "first", given.model_copy(update={"files": [page]}))
        one = OTHERS[0]
        chen.extend("lamps", "first", one, make.start + timedelta(days=60), mark("why-extended"))
        chen.reopen("lamps", "first", one, None, mark("why-reopened"))
        chen.waive("lamps", "third", one, mark("why-waived"))
        chen.withdraw("lamps", submissions[1], mark("why-withdrawn"))
        behalf = make.hand_in("first", text=mark("for-them")).model_dump() | {"reason": mark("why-for-them")}
        chen.submit_for("lamps", "first", one, OnBehalfRequest.model_validate(behalf))
        self.marks |= {*OTHERS, *submissions}
        # What maria may know of: nothing of the above.
        house.as_user("maria").submit("lamps", "first", make.hand_in("first", "p1"))
        mine = house.as_user("maria").my_submissions("lamps", "first")[0].submission
        self.names = {
            "course": ["lamps", "other", "nowhere"],
            "module": ["first", "second", "third", "ninth"],
            "prompt": ["p1", "p2", "p9"],
            "learner": ["maria", one, OTHERS[1], "nobody"],
            "submission": [mine, *submissions[:4], "0" * 32, one],
        }

    def bodies(self, template: str) -> list[Any]:
        """What may be sent there, in its shape and out of it."""
        make, last = self.make, template.rpartition("/")[2]
        one, why = OTHERS[0], {"reason": "because it is so"}
        theirs = self.names["submission"][1]
        work = make.hand_in("first", text="mine").model_dump(mode="json")
        shapes: dict[str, list[Any]] = {
            "me": [{"time_zone": "UTC"}, {"time_zone": one}],
            "{prompt}": [
                {"response": make.answer()},
                {"response": {"choice": "go", "reason": "so it is today"}},
            ],
            "submissions": [work, work | why, work | {"learner": one}, work | {"responses": {"p1": {}}}],
            "contents": [{"submissions": [theirs]}],
            "feedback": [make.feedback(one, 1, theirs).model_dump(mode="json")],
            "extensions": [{"learner": one, "due": "2027-03-01T12:00:00Z", **why}],
            "members": [[{"user": one}], [{"user": "maria", "role": "instructor"}]],
            "removal": [{"users": [one], **why}],
        }
        return [*shapes.get(last, [{"learner": one, **why}]), {}, None]


@pytest.fixture(scope="module")
def crowd(
    tmp_path_factory: pytest.TempPathFactory, run_house: Callable[..., Any], make: Any
) -> Iterator[Crowd]:
    with run_house(tmp_path_factory.mktemp("crowd") / "exchange") as house:
        yield Crowd(house, make)


def addresses(crowd: Crowd, template: str) -> Iterator[str]:
    """The template with every name that there is in each of its places."""
    places = [name for name in crowd.names if "{" + name + "}" in template]
    for names in itertools.product(*(crowd.names[place] for place in places)):
        yield template.format(**dict(zip(places, names, strict=True)))


def everything(crowd: Crowd) -> Iterator[tuple[str, str, Any]]:
    paths = crowd.house.raw("GET", "/openapi.json").json()["paths"]
    for whole, methods in paths.items():
        template = whole.removeprefix(API)
        for method in ("GET", "POST", "PUT", "DELETE"):
            for path in addresses(crowd, template):
                if method == "GET":
                    for query in ("", f"?learner={OTHERS[0]}&user={OTHERS[0]}&after=0&limit=1000&release=1"):
                        yield method, path + query, None
                elif method.lower() in methods:
                    for body in crowd.bodies(template):
                        yield method, path, body


def leaks(crowd: Crowd, asked: str, answer: bytes) -> list[str]:
    # What the address itself says may be said back.
    said = asked.lower().encode()
    found = answer.lower()
    return [
        mark
        for mark in crowd.marks
        for s in spellings(mark)
        if (s in found or s in answer) and mark.lower().encode() not in said
    ]


def test_the_marks_are_there_to_be_found(crowd: Crowd) -> None:
    """Staff see them: the search below could fail."""
    log = crowd.house.raw("GET", f"{C}/log", "chen").content
    roster = crowd.house.raw("GET", f"{C}/members", "chen").content
    names = crowd.names["submission"][1:3]
    whole = crowd.house.raw("POST", f"{C}/modules/first/contents", "gil", body={"submissions": names}).content
    found = {mark for part in (log, roster, whole) for mark in leaks(crowd, "", part)}
    assert {f"canary-why-{w}" for w in ("extended", "reopened", "waived", "withdrawn", "for-them")} <= found
    assert {f"canary-{w}-{OTHERS[0]}" for w in ("name", "answer", "work", "file", "text")} <= found
    assert set(OTHERS) <= found
    # In base64 alone.
    assert f"canary-text-{OTHERS[0]}".encode() not in whole


@pytest.mark.parametrize("who", ["maria", "lena", "stranger", None])
def test_nothing_of_others_comes_by_any_address(crowd: Crowd, who: str | None) -> None:
    asked = answered = 0
    for method, path, body in everything(crowd):
        answer = crowd.house.raw(method, path, who, body=body)
        assert answer.status_code < 500, (method, path, answer.text)
        said = path + json.dumps(body)
        assert not leaks(crowd, said, answer.content), (who, method, path, body, answer.text[:500])
        assert "7.3125" not in answer.text, (who, method, path)
        asked += 1
        answered += answer.is_success
    assert asked > 400
    # Whoever is in the course got much that was theirs; the search was no row of refusals.
    assert answered > (40 if who == "maria" else 0)


def test_the_same_key_as_somebody_else_gets_nothing_of_theirs(crowd: Crowd) -> None:
    """A key for sending again belongs to its learner."""
    house, make = crowd.house, crowd.make
    work = make.hand_in("first", text=crowd.mark("with-a-key")).model_dump(mode="json")

    def send(who: str) -> Any:
        return house.line.post(
            f"{house.url}{API}{C}/modules/first/submissions",
            json=work,
            headers={"Authorization": f"Bearer {house.token(who)}", "Idempotency-Key": "one-and-the-same"},
        )

    theirs = send(OTHERS[2]).json()
    mine = send("maria").json()
    assert mine["submission"] != theirs["submission"]
    assert mine["receipt"]["learner"] == "maria"


def test_how_others_answered_is_shown_without_them(crowd: Crowd) -> None:
    """Seven have decided: maria, who has too, hears how many, and of nobody who."""
    house = crowd.house
    body = {"response": {"choice": "stay", "reason": "three good words"}}
    answer = house.raw("POST", f"{C}/modules/first/commitments/p2", "maria", body=body)
    assert answer.status_code == 200, answer.text
    others = [cell for cell in answer.json()["reveal"]["cells"] if cell["cell_id"] == "p2-others"]
    assert len(others) == 1
    assert "Go" in others[0]["source"]
    assert not leaks(crowd, "", answer.content)
