"""What all tests share: how long the random ones may search."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--soak",
        action="store_true",
        help="search twenty times as long, with new luck",
    )


@pytest.fixture(scope="session")
def soak(request: pytest.FixtureRequest) -> bool:
    """Whether somebody has an hour to spare; the same examples every time otherwise."""
    return bool(request.config.getoption("--soak"))
