"""Every route stands in a table that says who may use it; whoever adds a route must say so here."""

from __future__ import annotations

from typing import Any

import pytest

from coursekit.web import learner, staff
from coursekit.wire.api import API

EVERYBODY = {"anonymous", "outsider", "learner", "grader", "instructor"}
KNOWN = EVERYBODY - {"anonymous"}
MEMBERS = KNOWN - {"outsider"}
STAFF = MEMBERS - {"learner"}
INSTRUCTORS = {"instructor"}

C = "/courses/{course}"
M = C + "/modules/{module}"
MAY: dict[tuple[str, str], set[str]] = {
    ("GET", "/health"): EVERYBODY,
    ("GET", "/keys"): EVERYBODY,
    ("GET", "/courses"): KNOWN,
    ("GET", f"{C}/path"): MEMBERS,
    ("GET", f"{M}/files"): MEMBERS,
    ("POST", f"{M}/commitments/{{prompt}}"): MEMBERS,
    ("GET", f"{M}/reveals/{{prompt}}"): MEMBERS,
    ("POST", f"{M}/submissions"): MEMBERS,
    ("GET", f"{M}/submissions/mine"): MEMBERS,
    ("GET", f"{C}/submissions/{{submission}}"): MEMBERS,
    ("GET", f"{M}/feedback/mine"): MEMBERS,
    ("GET", f"{M}/submissions"): STAFF,
    ("POST", f"{M}/feedback"): STAFF,
    ("GET", f"{C}/members"): STAFF,
    ("PUT", f"{C}/members"): INSTRUCTORS,
    ("PUT", C): INSTRUCTORS,
    ("POST", f"{M}/releases"): INSTRUCTORS,
    ("POST", f"{M}/waivers"): INSTRUCTORS,
    ("GET", f"{C}/log"): INSTRUCTORS,
}


def routes(house: Any) -> set[tuple[str, str]]:
    document = house.raw("GET", "/openapi.json").json()
    return {
        (method.upper(), path.removeprefix(API))
        for path, methods in document["paths"].items()
        for method in methods
    }


def test_every_route_is_in_the_table_and_no_other(house: Any) -> None:
    assert routes(house) == set(MAY)


def test_no_route_is_kept_out_of_the_document() -> None:
    """A route hidden from the document would be hidden from the table."""
    for module in (learner, staff):
        for route in module.router.routes:
            assert getattr(route, "include_in_schema", False), route


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_the_table_is_true(lamps: Any, make: Any, problem: Any, who: str) -> None:
    people = {
        "anonymous": None,
        "outsider": "stranger",
        "learner": "maria",
        "grader": "gil",
        "instructor": "chen",
    }
    name = people[who]
    whole = make.course(make.module("first"), make.module("second"), make.module("third"))
    for person in {name, "maria"} & {"maria", "gil", "chen"}:
        lamps.as_user(person).commit("lamps", "first", "p1", make.answer())
    owner = name if name in ("maria", "gil", "chen") else "maria"
    done = lamps.as_user(owner).submit("lamps", "first", make.hand_in("first", "p1", "p2"))
    bodies: dict[tuple[str, str], Any] = {
        ("POST", f"{M}/commitments/{{prompt}}"): {"response": make.answer()},
        ("POST", f"{M}/submissions"): make.hand_in("first", text="again").model_dump(mode="json"),
        ("POST", f"{M}/feedback"): make.feedback("maria", 5).model_dump(mode="json"),
        ("PUT", f"{C}/members"): [{"user": "newcomer"}],
        ("PUT", C): whole.model_dump(mode="json"),
        ("POST", f"{M}/releases"): make.upload("first", note="again").model_dump(mode="json"),
        ("POST", f"{M}/waivers"): {"learner": "maria", "reason": "because"},
    }
    for (method, path), allowed in MAY.items():
        address = path.format(course="lamps", module="first", prompt="p1", submission=done.submission)
        before = lamps.kept()
        answer = lamps.raw(method, address, name, body=bodies.get((method, path)))
        if who in allowed:
            assert answer.is_success, (who, method, path, answer.text)
            continue
        if who == "anonymous":
            problem(answer, 401, "no-token")
        elif who == "outsider":
            problem(answer, 404, "no-such-course")
        else:
            problem(answer, 403, "not-your-role")
        assert lamps.kept() == before, (who, method, path)


def test_nobody_gets_a_page_of_html(house: Any) -> None:
    for path in ("/docs", "/redoc", "/", "", "/openapi"):
        answer = house.raw("GET", path)
        assert "html" not in answer.headers["content-type"], path
