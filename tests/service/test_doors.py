"""Every door of the service: who may open it, on what, and what everybody else is told.

Each person tries each address on each object. Whoever adds an address must write down here who may use it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from sqlalchemy import event

from coursekit.hub import HubTokens
from coursekit.wire.api import API
from coursekit.wiring.hub import EitherTokens

STATUS = {
    "ok": 200,
    "no-token": 401,
    "missing-scope": 403,
    "not-your-role": 403,
    "no-such-course": 404,
    "no-such-module": 404,
    "no-such-prompt": 404,
    "no-such-submission": 404,
    "no-such-member": 404,
    "not-your-release": 404,
    "nothing-handed-in": 409,
    "previous-not-submitted": 423,
    "not-committed": 423,
}

INSIDE = ("maria", "olu", "gil", "chen")
"""In the course: a learner, another learner, a grader, an instructor. The columns of the table."""

OUTSIDE = {
    "nobody": "no-token",
    "scopeless": "missing-scope",
    "service": "no-such-course",
    "stranger": "no-such-course",
    "lena": "no-such-course",
    "gus": "no-such-course",
    "ines": "no-such-course",
}
"""What these are told at every address of the course: no token; a Hub's token without our scope; a Hub service; in
no course; a learner, a grader and an instructor of another course."""

C = "/courses/{course}"
M = C + "/modules/{module}"
S = C + "/submissions/{submission}"

# fmt: off
OK = ("ok",) * 4
ROLE, MODULE, GONE, MEMBER = "not-your-role", "no-such-module", "no-such-submission", "no-such-member"
LOCKED, SEALED, EMPTY = "previous-not-submitted", "not-committed", "nothing-handed-in"


def staff(outcome: str) -> tuple[str, ...]:
    return (ROLE, ROLE, outcome, outcome)


def teacher(outcome: str) -> tuple[str, ...]:
    return (ROLE, ROLE, ROLE, outcome)


TABLE: list[tuple[str, str, dict[str, str], tuple[str, ...]]] = [
    # method and address                 object                         maria, olu, gil, chen
    ("GET", f"{C}/path",                 {},                            OK),
    ("GET", f"{C}/me",                   {},                            OK),
    ("PUT", f"{C}/me",                   {},                            OK),
    ("GET", f"{M}/files",                {},                            OK),
    ("GET", f"{M}/files",                {"module": "third"},           (LOCKED,) * 4),
    ("GET", f"{M}/files",                {"module": "ninth"},           (MODULE,) * 4),
    ("GET", f"{M}/files",                {"query": "?release=7"},       ("not-your-release",) * 4),
    ("POST", f"{M}/commitments/{{prompt}}", {},                         OK),
    ("POST", f"{M}/commitments/{{prompt}}", {"prompt": "p9"},           ("no-such-prompt",) * 4),
    ("POST", f"{M}/commitments/{{prompt}}", {"module": "third"},        (LOCKED,) * 4),
    ("POST", f"{M}/commitments/{{prompt}}", {"module": "ninth"},        (MODULE,) * 4),
    ("GET", f"{M}/reveals/{{prompt}}",   {},                            ("ok", "ok", SEALED, SEALED)),
    ("GET", f"{M}/reveals/{{prompt}}",   {"prompt": "p9"},              (SEALED,) * 4),
    ("GET", f"{M}/reveals/{{prompt}}",   {"module": "third"},           (SEALED,) * 4),
    ("GET", f"{M}/reveals/{{prompt}}",   {"module": "ninth"},           (SEALED,) * 4),
    ("POST", f"{M}/submissions",         {},                            OK),
    ("POST", f"{M}/submissions",         {"module": "third"},           (LOCKED,) * 4),
    ("POST", f"{M}/submissions",         {"module": "ninth"},           (MODULE,) * 4),
    ("GET", f"{M}/submissions/mine",     {},                            OK),
    ("GET", f"{M}/submissions/mine",     {"module": "ninth"},           (MODULE,) * 4),
    ("GET", f"{M}/feedback/mine",        {},                            OK),
    ("GET", f"{M}/feedback/mine",        {"module": "ninth"},           (MODULE,) * 4),
    ("GET", f"{M}/pointers/mine",        {},                            OK),
    ("GET", f"{M}/pointers/mine",        {"module": "third"},           OK),
    ("GET", f"{M}/pointers/mine",        {"module": "ninth"},           (MODULE,) * 4),
    ("POST", f"{M}/appeals/{{prompt}}",  {},                            ("ok", "ok", EMPTY, EMPTY)),
    ("POST", f"{M}/appeals/{{prompt}}",  {"prompt": "p9"},              ("no-such-prompt",) * 2 + (EMPTY,) * 2),
    ("POST", f"{M}/appeals/{{prompt}}",  {"module": "third"},           (EMPTY,) * 4),
    ("POST", f"{M}/appeals/{{prompt}}",  {"module": "ninth"},           (MODULE,) * 4),
    ("GET", S,                           {"submission": "maria's"},     ("ok", GONE, "ok", "ok")),
    ("GET", S,                           {"submission": "olu's"},       (GONE, "ok", "ok", "ok")),
    ("GET", S,                           {"submission": "lena's"},      (GONE,) * 4),
    ("GET", S,                           {"submission": "none"},        (GONE,) * 4),
    ("PUT", f"{S}/choice",               {"submission": "maria's"},     ("ok", GONE, GONE, GONE)),
    ("PUT", f"{S}/choice",               {"submission": "olu's"},       (GONE, "ok", GONE, GONE)),
    ("PUT", f"{S}/choice",               {"submission": "lena's"},      (GONE,) * 4),
    ("PUT", f"{S}/choice",               {"submission": "none"},        (GONE,) * 4),
    # staff
    ("GET", f"{M}/submissions",          {},                            staff("ok")),
    ("GET", f"{M}/submissions",          {"module": "ninth"},           staff(MODULE)),
    ("GET", f"{M}/commitments/{{prompt}}", {},                          staff("ok")),
    ("GET", f"{M}/commitments/{{prompt}}", {"prompt": "p9"},            staff("no-such-prompt")),
    ("GET", f"{M}/commitments/{{prompt}}", {"module": "ninth"},         staff(MODULE)),
    ("GET", f"{M}/appeals",              {},                            staff("ok")),
    ("GET", f"{M}/appeals",              {"module": "ninth"},           staff(MODULE)),
    ("POST", f"{M}/contents",            {"submission": "maria's"},     staff("ok")),
    ("POST", f"{M}/contents",            {"submission": "lena's"},      staff(GONE)),
    ("POST", f"{M}/contents",            {"submission": "none"},        staff(GONE)),
    ("POST", f"{M}/contents",            {"module": "second", "submission": "maria's"}, staff(GONE)),
    ("GET", f"{M}/feedback",             {},                            staff("ok")),
    ("GET", f"{M}/feedback",             {"module": "ninth"},           staff(MODULE)),
    ("POST", f"{M}/feedback",            {"learner": "maria", "submission": "maria's"}, staff("ok")),
    ("POST", f"{M}/feedback",            {"learner": "maria", "submission": "olu's"},   staff(GONE)),
    ("POST", f"{M}/feedback",            {"learner": "maria", "submission": "lena's"},  staff(GONE)),
    ("POST", f"{M}/feedback",            {"learner": "maria", "submission": "none"},    staff(GONE)),
    ("POST", f"{M}/feedback",            {"learner": "lena", "submission": "lena's"},   staff(MEMBER)),
    ("POST", f"{M}/feedback",            {"learner": "noone", "submission": "none"},    staff(MEMBER)),
    ("POST", f"{M}/feedback",            {"module": "ninth"},           staff(MODULE)),
    ("GET", f"{C}/members",              {},                            staff("ok")),
    # instructors
    ("PUT", C,                           {},                            teacher("ok")),
    ("POST", f"{M}/releases",            {},                            teacher("ok")),
    ("POST", f"{M}/releases",            {"module": "ninth"},           teacher(MODULE)),
    ("POST", f"{M}/learners/{{learner}}/submissions", {},               teacher("ok")),
    ("POST", f"{M}/learners/{{learner}}/submissions", {"learner": "lena"},   teacher(MEMBER)),
    ("POST", f"{M}/learners/{{learner}}/submissions", {"learner": "noone"},  teacher(MEMBER)),
    ("POST", f"{M}/learners/{{learner}}/submissions", {"learner": "%00"},    teacher(MEMBER)),
    ("POST", f"{M}/learners/{{learner}}/submissions", {"module": "third"},   teacher(LOCKED)),
    ("POST", f"{M}/learners/{{learner}}/submissions", {"module": "ninth"},   teacher(MODULE)),
    ("POST", f"{S}/withdrawal",          {"submission": "maria's"},     teacher("ok")),
    ("POST", f"{S}/withdrawal",          {"submission": "lena's"},      teacher(GONE)),
    ("POST", f"{S}/withdrawal",          {"submission": "none"},        teacher(GONE)),
    ("POST", f"{M}/extensions",          {},                            teacher("ok")),
    ("POST", f"{M}/extensions",          {"learner": "lena"},           teacher(MEMBER)),
    ("POST", f"{M}/extensions",          {"learner": "noone"},          teacher(MEMBER)),
    ("POST", f"{M}/extensions",          {"module": "ninth"},           teacher(MODULE)),
    ("POST", f"{M}/reopenings",          {},                            teacher("ok")),
    ("POST", f"{M}/reopenings",          {"learner": "lena"},           teacher(MEMBER)),
    ("POST", f"{M}/reopenings",          {"learner": "noone"},          teacher(MEMBER)),
    ("POST", f"{M}/reopenings",          {"module": "ninth"},           teacher(MODULE)),
    ("POST", f"{M}/waivers",             {},                            teacher("ok")),
    ("POST", f"{M}/waivers",             {"learner": "lena"},           teacher(MEMBER)),
    ("POST", f"{M}/waivers",             {"learner": "noone"},          teacher(MEMBER)),
    ("POST", f"{M}/waivers",             {"module": "ninth"},           teacher(MODULE)),
    ("PUT", f"{C}/members",              {},                            teacher("ok")),
    ("POST", f"{C}/members/removal",     {},                            teacher("ok")),
    ("POST", f"{C}/members/removal",     {"learner": "lena"},           teacher(MEMBER)),
    ("POST", f"{C}/members/removal",     {"learner": "noone"},          teacher(MEMBER)),
    ("GET", f"{C}/log",                  {},                            teacher("ok")),
]

OF_NO_COURSE: list[tuple[str, str, dict[str, str]]] = [
    # method and address       what those are told who may not
    ("GET", "/health",         {}),
    ("GET", "/ready",          {}),
    ("GET", "/keys",           {}),
    ("GET", "/courses",        {"nobody": "no-token", "scopeless": "missing-scope"}),
]
# fmt: on

HIDDEN = {"/api/v1/openapi.json", "/api/v1/metrics"}
"""Addresses that the document may leave out: itself, and the operator's numbers, which open to another token."""

ONE_OF_EACH = {(method, template): (things, told) for method, template, things, told in reversed(TABLE)}


@dataclass
class Building:
    """A course with people in it, another one, and a way back to how it was."""

    house: Any
    make: Any
    submissions: dict[str, str] = field(default_factory=dict)
    statements: list[str] = field(default_factory=list)

    def set_up(self) -> None:
        house, make = self.house, self.make
        house.enrol(maria="learner", olu="learner", gil="grader", chen="instructor")
        house.enrol("other", lena="learner", gus="grader", ines="instructor")
        for course, teacher in (("lamps", "chen"), ("other", "ines")):
            third = make.module("third", after=["second"], gate={"kind": "passed", "mark": 0.6})
            first = make.module("first", due="2027-02-01T12:00:00Z", closes="2027-02-03T12:00:00Z")
            modules = (first, make.module("second", after=["first"]), third)
            house.as_user(teacher).put_course(make.course(*modules, name=course))
            for module in ("first", "second", "third"):
                house.as_user(teacher).release(course, module, make.upload(module))
        for who, course in (("maria", "lamps"), ("olu", "lamps"), ("lena", "other")):
            work = make.hand_in("first", "p1", "p2", text=f"the work of {who}")
            self.submissions[f"{who}'s"] = house.as_user(who).submit(course, "first", work).submission
        self.submissions["none"] = "0" * 32
        house.as_user("gil").give_feedback("lamps", "first", make.feedback("maria", 5))
        self._kept = house.remember()
        event.listen(house.embedded.ledger.engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self.statements.append(statement)

    def restore(self) -> None:
        self.house.restore(self._kept)

    def state(self) -> tuple[list[Any], set[str]]:
        state: tuple[list[Any], set[str]] = self.house.state()
        return state

    def ask(
        self, who: str, method: str, template: str, things: dict[str, str], course: str = "lamps"
    ) -> httpx.Response:
        """What somebody is told; `things` says on what, where it is not maria's or the first."""
        named = {"module": "first", "prompt": "p1", "learner": "maria", "submission": "maria's", "query": ""}
        named |= things
        named["submission"] = self.submissions[named["submission"]]
        path = template.format(course=course, **named) + named["query"]
        body = self._body(method, template, course, named)
        self.statements.clear()
        tokens = {"nobody": None, "scopeless": "hub-scopeless", "service": "hub-service"}
        if who in tokens:
            return self.house.raw(method, path, token=tokens[who], body=body)  # type: ignore[no-any-return]
        return self.house.raw(method, path, who, body=body)  # type: ignore[no-any-return]

    def _body(self, method: str, template: str, course: str, named: dict[str, str]) -> Any:
        make, last = self.make, template.rpartition("/")[2]
        learner, why = named["learner"], {"reason": "because it is so"}
        if method == "GET" or last == "choice":
            return None
        if template == C:
            modules = (make.module("first"), make.module("second"), make.module("third"))
            return make.course(*modules, name=course).model_dump(mode="json")
        if last == "submissions":
            work = make.hand_in("first", text="something new").model_dump(mode="json")
            return work | (why if "learners" in template else {})
        if "appeals" in template:
            return why
        if last == "feedback":
            return make.feedback(learner, 7, named["submission"]).model_dump(mode="json")
        bodies: dict[str, Any] = {
            "me": {"time_zone": "Africa/Lagos"},
            "{prompt}": {"response": make.answer()},
            "contents": {"submissions": [named["submission"]]},
            "releases": make.upload("first", note="again").model_dump(mode="json"),
            "withdrawal": why,
            "extensions": {"learner": learner, "due": "2027-03-01T12:00:00Z", **why},
            "reopenings": {"learner": learner, **why},
            "waivers": {"learner": learner, **why},
            "members": [{"user": "newcomer"}],
            "removal": {"users": [learner], **why},
        }
        return bodies[last]


def the_hub(request: httpx.Request) -> httpx.Response:
    """A Hub that knows two tokens."""
    models = {
        "Bearer hub-scopeless": {"kind": "user", "name": "maria", "groups": [], "scopes": []},
        "Bearer hub-service": {
            "kind": "service",
            "name": "maria",
            "groups": ["formgrade-lamps"],
            "scopes": ["access:services!service=coursekit"],
        },
    }
    model = models.get(request.headers["Authorization"])
    return httpx.Response(200, json=model) if model else httpx.Response(403, json={})


@pytest.fixture(scope="module")
def building(
    tmp_path_factory: pytest.TempPathFactory, run_house: Callable[..., Any], make: Any
) -> Iterator[Building]:
    def tokens(embedded: Any) -> EitherTokens:
        asked = HubTokens(
            "http://hub/api", "coursekit", embedded.clock, transport=httpx.MockTransport(the_hub)
        )
        return EitherTokens(embedded.tokens, asked)

    with run_house(tmp_path_factory.mktemp("doors") / "exchange", tokens=tokens) as house:
        opened = Building(house, make)
        opened.set_up()
        yield opened


def check(answer: httpx.Response, told: str, where: object) -> None:
    if told == "ok":
        assert answer.is_success, (where, answer.text)
        return
    body = answer.json()
    assert (answer.status_code, body["code"]) == (STATUS[told], told), (where, body)
    assert answer.headers["content-type"] == "application/problem+json"
    assert body["title"], where
    assert body["detail"], where
    assert body["next_step"], where


def every_route(app_routes: Any) -> Iterator[Any]:
    for route in app_routes:
        # The framework's newer versions keep a router whole, older ones its routes.
        inner = getattr(route, "original_router", None)
        yield from every_route(inner.routes) if inner is not None else [route]


def document(building: Building) -> dict[str, Any]:
    found: dict[str, Any] = building.house.raw("GET", "/openapi.json").json()
    return found


def addresses(building: Building) -> set[tuple[str, str]]:
    paths = document(building)["paths"]
    return {(m.upper(), path.removeprefix(API)) for path, methods in paths.items() for m in methods}


def test_every_address_is_in_the_table_and_no_other(building: Building) -> None:
    table = {(method, template) for method, template, *_ in TABLE}
    assert addresses(building) == table | {(method, template) for method, template, _ in OF_NO_COURSE}


def test_no_address_is_kept_out_of_the_document(building: Building, run_house: Any) -> None:
    """What the document hides would be hidden from the table."""
    from coursekit.web.app import create_app

    embedded = building.house.embedded
    app = create_app(embedded.exchange, embedded.tokens, embedded.public_keys)
    known = set(document(building)["paths"])
    served = {(route.path, getattr(route, "include_in_schema", True)) for route in every_route(app.routes)}
    assert len(served) > 20
    for path, is_shown in served:
        whole = path if path.startswith(API) else API + path
        assert (is_shown and whole in known) or whole in HIDDEN, path


@pytest.mark.parametrize("who", [*INSIDE, *OUTSIDE])
def test_the_table_is_true(building: Building, who: str) -> None:
    before = building.state()
    for method, template, things, outcomes in TABLE:
        told = outcomes[INSIDE.index(who)] if who in INSIDE else OUTSIDE[who]
        where = (who, method, template, things)
        answer = building.ask(who, method, template, things)
        check(answer, told, where)
        after = building.state()
        if told != "ok":
            # Refused: nothing has changed, not even a blob without an owner.
            assert after == before, where
        elif after != before:
            building.restore()
            before = building.state()


@pytest.mark.parametrize("who", [*INSIDE, *OUTSIDE])
def test_the_table_is_true_where_there_is_no_course(building: Building, who: str) -> None:
    before = building.state()
    for method, template, refused in OF_NO_COURSE:
        check(building.ask(who, method, template, {}), refused.get(who, "ok"), (who, method, template))
    told = "no-such-course" if who in INSIDE else OUTSIDE[who]
    for method, template in ONE_OF_EACH:
        check(building.ask(who, method, template, {}, course="nowhere"), told, (who, method, template))
    assert building.state() == before


def seen(answer: httpx.Response) -> tuple[int, dict[str, str], bytes]:
    """All that anybody could tell two answers apart by; the tests ask each time under the same request id."""
    return answer.status_code, {k: v for k, v in answer.headers.items() if k != "date"}, answer.content


@pytest.mark.parametrize("who", ["stranger", "lena", "gus", "ines", "service"])
def test_a_forbidden_course_answers_as_one_that_does_not_exist(building: Building, who: str) -> None:
    """The same bytes, and the same was looked up: not even a stop-watch tells them apart."""
    for method, template in ONE_OF_EACH:
        told = []
        for course in ("lamps", "nowhere"):
            answer = building.ask(who, method, template, {}, course=course)
            told.append((seen(answer), list(building.statements)))
        assert told[0] == told[1], (method, template)
        assert told[0][1], "nothing was looked up at all"


@pytest.mark.parametrize(
    ("who", "method", "template", "strangers"),
    [
        ("olu", "GET", S, ("maria's", "lena's")),
        ("olu", "PUT", f"{S}/choice", ("maria's", "lena's")),
        ("gil", "GET", S, ("lena's",)),
        ("gil", "PUT", f"{S}/choice", ("maria's", "lena's")),
        ("gil", "POST", f"{M}/contents", ("lena's",)),
        ("gil", "POST", f"{M}/feedback", ("olu's", "lena's")),
        ("chen", "POST", f"{S}/withdrawal", ("lena's",)),
    ],
)
def test_a_submission_of_others_answers_as_one_that_does_not_exist(
    building: Building, who: str, method: str, template: str, strangers: tuple[str, ...]
) -> None:
    def told(whose: str) -> tuple[object, list[str]]:
        status, headers, content = seen(building.ask(who, method, template, {"submission": whose}))
        # A refusal may say back what was asked for.
        content = content.replace(building.submissions[whose].encode(), b"THAT")
        return (status, headers, content), list(building.statements)

    missing = told("none")
    for whose in strangers:
        assert told(whose) == missing, whose


@pytest.mark.parametrize("last", ["extensions", "reopenings", "waivers", "feedback"])
def test_a_learner_of_another_course_answers_as_one_that_does_not_exist(
    building: Building, last: str
) -> None:
    def told(learner: str) -> tuple[str, list[str]]:
        answer = building.ask("chen", "POST", f"{M}/{last}", {"learner": learner, "submission": "none"})
        return answer.text.replace(learner, "SOMEBODY"), list(building.statements)

    assert told("lena") == told("noone")


def test_what_others_handed_in_tells_a_stranger_nothing_by_their_quota(
    tmp_path: Any, run_house: Any, make: Any
) -> None:
    """A large body is measured against its owner's quota before anybody looks at roles: not against another's."""
    from coursekit.policy.uploads import Limits

    limits = Limits(total_size=3 * 2**20, quota=3 * 2**20)
    with run_house(tmp_path / "exchange", limits) as house:
        opened = Building(house, make)
        opened.set_up()
        big = make.file("big.bin", b"x" * (5 * 2**19))
        house.as_user("maria").submit(
            "lamps", "first", make.hand_in("first").model_copy(update={"files": [big]})
        )
        body = b'{"files": [], "reason": "because" ' + b" " * (2 * 2**20) + b"}"
        told = []
        for learner in ("maria", "noone"):
            path = f"/courses/lamps/modules/first/learners/{learner}/submissions"
            answer = house.raw("POST", path, "stranger", content=body)
            told.append((answer.status_code, answer.json()["code"]))
        assert told == [(404, "no-such-course")] * 2


def test_courses_shows_everybody_theirs_alone(building: Building) -> None:
    whose = {who: ["lamps"] for who in INSIDE} | {w: ["other"] for w in ("lena", "gus", "ines")}
    for who in (*whose, "stranger", "service"):
        answer = building.ask(who, "GET", "/courses", {})
        assert [row["course"] for row in answer.json()] == whose.get(who, []), who


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")


def test_a_method_that_an_address_does_not_have_is_refused(building: Building) -> None:
    before = building.state()
    of: dict[str, set[str]] = {}
    for method, path in addresses(building):
        of.setdefault(path, set()).add(method)
    for template, has in of.items():
        path = template.format(
            course="lamps", module="first", prompt="p1", learner="maria", submission="0" * 32
        )
        for method in set(METHODS) - has:
            answer = building.house.raw(method, path, "chen", content=b"")
            assert answer.status_code == 405, (method, path, answer.text)
            assert set(answer.headers["allow"].split(", ")) == has, (method, path)
            if method != "HEAD":
                assert answer.headers["content-type"] == "application/problem+json"
                assert answer.json()["next_step"]
    assert building.state() == before


def test_every_refusal_of_the_table_is_in_the_document(building: Building) -> None:
    paths = document(building)["paths"]
    for method, template, _, outcomes in TABLE:
        known = paths[API + template][method.lower()]["responses"]
        for told in {*outcomes, *OUTSIDE.values()} - {"ok"}:
            answer = known.get(str(STATUS[told]))
            assert answer is not None, (method, template, told)
            assert list(answer["content"]) == ["application/problem+json"]


@pytest.mark.parametrize("who", ["nobody", "stranger", "maria", "chen"])
def test_every_answer_is_safe_in_a_browser(building: Building, who: str) -> None:
    rows = [*((m, t, {}) for m, t, _ in OF_NO_COURSE), *((m, t, th) for m, t, th, _ in TABLE)]
    for method, template, things in (*rows, ("GET", "/nothing", {}), ("DELETE", C, {})):
        if method != "GET" and template != C:
            continue
        answer = building.ask(who, method, template, things)
        where = (who, method, template)
        assert answer.headers["x-content-type-options"] == "nosniff", where
        assert answer.headers["cache-control"] == "no-store", where
        policy = answer.headers["content-security-policy"]
        assert policy == "default-src 'none'; frame-ancestors 'none'", where
        assert "set-cookie" not in answer.headers, where
        assert not [name for name in answer.headers if name.startswith("access-control-")], where
        assert "server" not in answer.headers or "coursekit" not in answer.headers["server"], where
        if answer.content:
            assert answer.headers["content-type"] in ("application/json", "application/problem+json"), where
    building.restore()


def test_another_site_gets_no_leave_to_ask(building: Building) -> None:
    """No answer to a browser's question before a cross-origin request, and none to the request itself."""
    url = building.house.url + API + "/courses"
    asks = {"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
    token = {"Authorization": f"Bearer {building.house.token('maria')}"}
    for method, headers in (("OPTIONS", asks), ("GET", asks | token)):
        answer = building.house.line.request(method, url, headers=headers)
        assert not [name for name in answer.headers if name.startswith("access-control-")]
    assert building.house.line.options(url, headers=asks).status_code == 405


def test_nobody_gets_a_page_of_html(building: Building) -> None:
    for path in ("/docs", "/redoc", "/", "", "/openapi"):
        answer = building.house.raw("GET", path)
        assert answer.status_code == 404
        assert "html" not in answer.headers["content-type"], path


def test_the_document_says_how_to_sign_in(building: Building) -> None:
    whole = document(building)
    assert whole["components"]["securitySchemes"] == {"token": {"type": "http", "scheme": "bearer"}}
    for path, methods in whole["paths"].items():
        for operation in methods.values():
            is_open = path.removeprefix(API) in ("/health", "/ready", "/keys")
            assert operation["security"] == ([] if is_open else [{"token": []}]), path
    assert "HTTPValidationError" not in json.dumps(whole)
