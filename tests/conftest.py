"""What all tests share: how long the random ones search, and that they search the same places every time."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="search twenty times as long, with new luck")


def pytest_configure(config: pytest.Config) -> None:
    soak = bool(config.getoption("--soak"))
    settings.register_profile(
        "coursekit",
        max_examples=100 * (20 if soak else 1),
        derandomize=not soak,
        # Two busy cores are no fault of the code under test; and no folder is left behind.
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        database=None,
    )
    settings.load_profile("coursekit")


@pytest.fixture(scope="session")
def soak(request: pytest.FixtureRequest) -> bool:
    """Whether somebody has an hour to spare; the same examples every time otherwise."""
    return bool(request.config.getoption("--soak"))
