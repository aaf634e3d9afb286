"""What a course says about itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from coursekit.model.course import Module
from coursekit.model.ids import ModuleId

DUE = datetime(2027, 1, 24, 22, 59, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("opens", "due", "closes", "said"),
    [
        (None, None, None, None),
        (DUE - DAY, DUE, DUE + DAY, None),
        (DUE - DAY, DUE, DUE, None),
        (DUE, DUE, None, "First (first) is due before it opens."),
        (None, DUE, DUE - HOUR, "First (first) closes before it is due."),
        (DUE, None, DUE, "First (first) closes before it opens."),
        (DUE, None, DUE + HOUR, None),
    ],
)
def test_times_that_make_no_sense_together(
    opens: datetime | None, due: datetime | None, closes: datetime | None, said: str | None
) -> None:
    found = Module(ModuleId("first"), "First", due=due, opens=opens, closes=closes).times_out_of_order()
    assert (found.reason if found else None) == said
    assert found is None or found.next_step
