"""Every address has one template, and every stranger's address the same."""

from __future__ import annotations

import pytest

from coursekit.web import addresses, learner, staff
from coursekit.web.addresses import NOWHERE, Addresses
from coursekit.wire.api import API

TEMPLATES = [
    "/a/health",
    "/a/{course}",
    "/a/{course}/modules/{module}/submissions",
    "/a/{course}/modules/{module}/submissions/mine",
    "/a/{course}/modules/{module}/{other}",
]


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/a/health", "/a/health"),
        ("/a/lamps", "/a/{course}"),
        ("/a/lamps/modules/first/submissions", TEMPLATES[2]),
        ("/a/lamps/modules/first/submissions/mine", TEMPLATES[3]),
        ("/a/lamps/modules/first/files", TEMPLATES[4]),
        # A name of a route as a parameter's value.
        ("/a/health/modules/submissions/submissions", TEMPLATES[2]),
        ("/a/lamps/modules/first/submissions/yours", NOWHERE),
        ("/a/", NOWHERE),
        ("/a", NOWHERE),
        ("/", NOWHERE),
        ("", NOWHERE),
        ("/a/lamps/", NOWHERE),
        ("/a//modules/first/submissions", NOWHERE),
        ("/a/{course}", "/a/{course}"),
        ("/{}/health", NOWHERE),
    ],
)
def test_templates(path: str, template: str) -> None:
    assert Addresses(TEMPLATES).template(path) == template


def test_the_addresses_that_the_doors_know_by_name_are_there() -> None:
    routes = [r for router in (learner.router, staff.router) for r in router.routes]
    templates = {API + r.path for r in routes}  # type: ignore[attr-defined]
    assert {addresses.HAND_IN, addresses.HAND_IN_FOR, addresses.COMMIT} <= templates
    # None of them may be reached without somebody's token.
    assert not templates & addresses.OPEN
