"""The service answers as its OpenAPI document says, whatever schemathesis makes of that document.

No fault of ours, no status or shape that the document does not have; in every role, on things that are there and
on things that are not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from coursekit.policy.uploads import Limits
from coursekit.wire.api import API

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.allow_header_conformance,
]
ROLES = [None, "stranger", "maria", "gil", "chen"]


@pytest.fixture(scope="module")
def house(
    tmp_path_factory: pytest.TempPathFactory, run_house: Callable[..., Any], make: Any
) -> Iterator[Any]:
    limits = Limits(files=20, file_size=64 * 1024, total_size=160 * 1024)
    with run_house(tmp_path_factory.mktemp("schema") / "exchange", limits) as opened:
        opened.enrol(maria="learner", olu="learner", gil="grader", chen="instructor")
        first = make.module("first", due="2027-02-01T12:00:00Z", closes="2027-02-03T12:00:00Z")
        opened.as_user("chen").put_course(make.course(first, make.module("second", after=["first"])))
        for module in ("first", "second"):
            opened.as_user("chen").release("lamps", module, make.upload(module))
        work = make.hand_in("first", "p1", "p2")
        opened.marias = opened.as_user("maria").submit("lamps", "first", work).submission
        opened.as_user("gil").give_feedback("lamps", "first", make.feedback("maria", 5))
        opened.first_day = opened.remember()
        yield opened


@pytest.fixture(scope="module")
def document(house: Any) -> dict[str, Any]:
    found: dict[str, Any] = house.raw("GET", "/openapi.json").json()
    return found


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    schemathesis.openapi.from_dict(document).validate()


def test_the_service_answers_as_the_document_says(house: Any, document: dict[str, Any], soak: bool) -> None:
    schema = schemathesis.openapi.from_dict(document)
    real = {
        "course": "lamps",
        "module": "first",
        "prompt": "p1",
        "learner": "maria",
        "submission": house.marias,
    }
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) == sum(len(methods) for methods in document["paths"].values())
    statuses: set[tuple[str, int]] = set()

    for operation in operations:
        modes = [GenerationMode.POSITIVE] if operation.method == "get" else list(GenerationMode)
        cases = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in modes))

        @settings(max_examples=300 if soak else 16, suppress_health_check=list(HealthCheck))
        @given(case=cases, role=st.sampled_from(ROLES), there=st.booleans())
        def run(case: Any, role: str | None, there: bool) -> None:
            house.restore(house.first_day)
            if there:
                case.path_parameters = {name: real[name] for name in case.path_parameters or {}}
            headers = {"Authorization": f"Bearer {house.token(role)}"} if role else {}
            # schemathesis adds one of its own making otherwise.
            case.headers.pop("Authorization", None)
            answer = case.call(base_url=house.url, headers=headers)
            statuses.add((case.method, answer.status_code))
            case.validate_response(answer, checks=CHECKS)

        run()
    house.restore(house.first_day)
    # It was no row of refusals alone.
    assert {s for m, s in statuses if m == "GET"} >= {200, 401, 404}
    assert {s for m, s in statuses if m == "POST"} >= {401, 404, 422}
    assert {s for m, s in statuses if m == "PUT"} >= {204, 401, 404, 422}


def test_every_good_request_is_answered_in_the_shape_of_the_document(
    house: Any, document: dict[str, Any], make: Any
) -> None:
    """What luck seldom finds: the answers to what is taken in."""
    schema = schemathesis.openapi.from_dict(document)
    why = {"reason": "because it is so"}
    work = make.hand_in("first", "p1", "p2", text="once more").model_dump(mode="json")
    c, m = f"{API}/courses/{{course}}", f"{API}/courses/{{course}}/modules/{{module}}"
    asks: list[tuple[str, str, str, Any]] = [
        ("maria", "get", f"{c}/path", None),
        ("maria", "get", f"{c}/me", None),
        ("maria", "get", f"{m}/files", None),
        ("maria", "post", f"{m}/commitments/{{prompt}}", {"response": make.answer()}),
        ("maria", "get", f"{m}/reveals/{{prompt}}", None),
        ("maria", "post", f"{m}/submissions", work),
        ("maria", "get", f"{m}/submissions/mine", None),
        ("maria", "get", f"{c}/submissions/{{submission}}", None),
        ("maria", "get", f"{m}/feedback/mine", None),
        ("maria", "get", f"{m}/pointers/mine", None),
        ("maria", "post", f"{m}/appeals/{{prompt}}", {"reason": "I said more."}),
        ("gil", "get", f"{m}/appeals", None),
        ("gil", "get", f"{m}/submissions", None),
        ("gil", "post", f"{m}/contents", {"submissions": [house.marias]}),
        ("gil", "get", f"{c}/members", None),
        ("chen", "post", f"{m}/releases", make.upload("first", note="new").model_dump(mode="json")),
        ("chen", "post", f"{m}/learners/{{learner}}/submissions", work | why),
        ("chen", "get", f"{c}/log", None),
        ("chen", "get", f"{API}/courses", None),
        ("chen", "get", f"{API}/keys", None),
        ("chen", "get", f"{API}/ready", None),
        ("chen", "get", f"{API}/health", None),
    ]
    real = {
        "course": "lamps",
        "module": "first",
        "prompt": "p1",
        "learner": "maria",
        "submission": house.marias,
    }
    for who, method, path, body in asks:
        house.restore(house.first_day)
        operation = schema[path][method]
        parts = {name: value for name, value in real.items() if "{" + name + "}" in path}
        extra = {"body": body, "media_type": "application/json"} if body is not None else {}
        case = operation.Case(path_parameters=parts, **extra)
        answer = case.call(base_url=house.url, headers={"Authorization": f"Bearer {house.token(who)}"})
        assert answer.status_code == 200, (method, path, answer.text)
        case.validate_response(answer, checks=CHECKS)
    house.restore(house.first_day)
