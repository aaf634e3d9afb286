"""The whole family of errors.

CoursekitError          code, detail, next_step
├── BadInput            a file, a value or an upload is not as it must be
│   └── CellFailed      a cell of an author's notebook failed when it was run
├── Unauthenticated     no token, or one that does not hold
├── Forbidden           you are known, and this is not yours to do
├── NotFound            no such thing, or none that you may know of
├── Locked              the gate of a module is closed to you
├── Conflict            it clashes with what is already there
├── TooLarge            over a limit
├── TooMany             too many requests in too short a time
├── Unreachable         the exchange service does not answer
└── ServiceFault        the exchange service failed
    └── NotNow          it cannot do this just now: the same again may go well
"""

from __future__ import annotations

from typing import Any

from coursekit.model.outcome import Refused


class CoursekitError(Exception):
    """One clear sentence (`detail`), a stable `code`, and what to do next."""

    title = "Something went wrong"

    def __init__(self, code: str, detail: str, next_step: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.next_step = next_step

    def __reduce__(self) -> tuple[type[CoursekitError], tuple[Any, ...]]:
        # Between processes: what Exception would send along is the detail alone.
        return type(self), (self.code, self.detail, self.next_step)

    @classmethod
    def of(cls, refused: Refused) -> CoursekitError:
        """The error that carries a policy's refusal."""
        return cls(refused.code, refused.reason, refused.next_step)


class BadInput(CoursekitError):
    """A file, a value or an upload is not as it must be."""

    title = "Not as it must be"


class CellFailed(BadInput):
    """A cell of an author's notebook failed when it was run."""

    def __init__(
        self,
        code: str,
        detail: str,
        next_step: str,
        cell_id: str = "",
        said: str = "",
        traceback: tuple[str, ...] = (),
    ) -> None:
        super().__init__(code, detail, next_step)
        self.cell_id = cell_id
        self.said = said
        """The error's name and its first line."""
        self.traceback = traceback
        """Its lines, without colours."""

    def __reduce__(self) -> tuple[type[CoursekitError], tuple[Any, ...]]:
        more = (self.cell_id, self.said, self.traceback)
        return type(self), (self.code, self.detail, self.next_step, *more)


class Unauthenticated(CoursekitError):
    """No token, or one that does not hold."""

    title = "Please sign in"


class Forbidden(CoursekitError):
    """You are known, and this is not yours to do."""

    title = "Not yours to do"


class NotFound(CoursekitError):
    """No such thing, or none that you may know of."""

    title = "Not found"


class Locked(CoursekitError):
    """The gate of a module is closed to you."""

    title = "Still locked"


class Conflict(CoursekitError):
    """It clashes with what is already there."""

    title = "In conflict with what is there"


class TooLarge(CoursekitError):
    """Over a limit."""

    title = "Too large"


class TooMany(CoursekitError):
    """Too many requests in too short a time."""

    title = "Too many at once"
    retry_after: float = 1.0
    """Seconds after which it may be asked again."""


class Unreachable(CoursekitError):
    """The exchange service does not answer."""

    title = "The exchange does not answer"


class ServiceFault(CoursekitError):
    """The exchange service failed."""

    title = "The exchange failed"


class NotNow(ServiceFault):
    """The exchange cannot do this just now: its disk is full, its database is away. The same again may go well."""

    title = "Not just now"
    retry_after: float = 1.0
    """Seconds after which it may be asked again."""
