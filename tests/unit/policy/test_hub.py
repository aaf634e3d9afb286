"""What the Hub says of a token, and who that makes its bearer here."""

from __future__ import annotations

from typing import Any

import pytest

from coursekit.model.ids import UserId
from coursekit.model.outcome import Refused
from coursekit.model.people import Identity
from coursekit.policy.hub import who_is

SCOPE = "access:services!service=coursekit"


def model(**changes: Any) -> dict[str, Any]:
    return {"kind": "user", "name": "maria", "groups": ["nbgrader-lamps"], "scopes": [SCOPE]} | changes


def refusal(**changes: Any) -> Refused:
    refused = who_is(model(**changes), "coursekit")
    assert isinstance(refused, Refused)
    return refused


@pytest.mark.parametrize("scopes", [[SCOPE], ["access:services"], ["access:servers!server=maria/", SCOPE]])
def test_a_user_with_the_scope_is_themselves_with_their_groups(scopes: list[str]) -> None:
    assert who_is(model(scopes=scopes), "coursekit") == Identity(
        UserId("maria"), frozenset({"nbgrader-lamps"})
    )


@pytest.mark.parametrize(
    "scopes",
    [
        [],
        ["access:services!service=coursekit2"],
        ["access:services!service="],
        ["access:servers"],
        ["list:services", "read:services", "admin:users", "self"],
    ],
)
def test_without_the_scope_it_is_named_and_where_to_grant_it(scopes: list[str]) -> None:
    refused = refusal(scopes=scopes)
    assert refused.code == "missing-scope"
    assert SCOPE in refused.reason
    assert "“user” and “server”" in refused.next_step
    assert "coursekit hub-config" in refused.next_step


def test_a_service_of_the_hub_is_no_learner_and_in_no_group() -> None:
    found = who_is(model(kind="service", name="grading", groups=["formgrade-lamps"]), "coursekit")
    assert found == Identity(UserId("hub-service-grading"), frozenset())


def test_nobody_can_be_called_like_a_service() -> None:
    assert refusal(name="hub-service-grading").code == "reserved-name"


@pytest.mark.parametrize("name", ["ma ria", "maria+1", "-x", "mária", "x" * 129])
def test_a_name_that_cannot_be_a_folder_is_refused(name: str) -> None:
    assert refusal(name=name).code == "unusable-name"


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "robot"},
        {"name": 7},
        {"name": None},
        {"scopes": None},
        {"scopes": SCOPE},
        {"scopes": [SCOPE, 7]},
        {"groups": "formgrade-lamps"},
        {"groups": [["formgrade-lamps"]]},
    ],
)
def test_what_is_not_a_hubs_answer_is_nobody(changes: dict[str, Any]) -> None:
    assert who_is(model(**changes), "coursekit") is None


def test_an_empty_answer_is_nobody() -> None:
    assert who_is({}, "coursekit") is None
