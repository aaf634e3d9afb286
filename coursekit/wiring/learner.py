"""A learner's folder and their connection to the exchange. No database comes with it."""

from __future__ import annotations

import contextlib
import random
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from coursekit.model.errors import BadInput, Conflict, CoursekitError, ServiceFault
from coursekit.model.ids import CourseId, ModuleId, ReleaseNumber
from coursekit.model.submission import Receipt, sha256
from coursekit.store.hidden import keep_release, readable_release
from coursekit.store.workbook import FolderWorkbook
from coursekit.wiring.clock import utc_now
from coursekit.wiring.settings import connection

if TYPE_CHECKING:
    from coursekit.client import ExchangeClient
    from coursekit.services.take import FeedbackFolder, HandedIn, Updated, Work
    from coursekit.wire.api import PointersShape, SubmissionRow


def connect(
    timeout: float = 60.0, attempts: int = 7, tell: Callable[[int], None] | None = None
) -> ExchangeClient:
    """The exchange that the settings name. Raises Unauthenticated without a token.

    What cannot do harm twice is tried that many times: with seven, 8 to 16 seconds pass before a service that is
    away is called so, and one that is started again in the meantime is met. `tell` hears of each attempt that goes
    wrong and is not the last.
    """
    # Imported here: a kernel that only shows forms should not wait for an HTTP library.
    from coursekit.client import ExchangeClient, Patience

    settings = connection()
    patience = Patience(
        attempts, time.sleep, random.random, lambda: uuid.uuid4().hex, tell or (lambda attempt: None)
    )
    return ExchangeClient(settings.url, settings.token, timeout=timeout, patience=patience)


def open_workbook(folder: Path) -> FolderWorkbook:
    """The module in that folder. Raises BadInput when there is none."""
    return FolderWorkbook.open(folder)


def take_home(
    exchange: ExchangeClient, course: str, module: str, folder: Path, add_missing: bool = False
) -> ReleaseNumber:
    """Get an open module into `folder`. With `add_missing`, only files that are not there are written.

    Raises Conflict when the folder is there and `add_missing` is off, and Locked with nothing written.
    """
    from coursekit.services import take
    from coursekit.store import folders

    if folder.exists() and not add_missing:
        raise Conflict(
            "already-there",
            f"You already have {folder.name}.",
            "Work on in that folder; with --replace, files that are missing from it are fetched again.",
        )

    again = _release_there(exchange, course, module, folder) if folder.exists() else None

    def keep(release: ReleaseNumber, files: take.Files) -> None:
        if not folder.exists():
            folders.write_folder(folder, files)
        else:
            kept = readable_release(folder)
            if kept is not None and kept.release not in (None, release):
                raise _other_release(course, module, folder, kept.release, release)
            folders.add_missing(folder, files)
        digests = {path: sha256(content) for path, content in files}
        keep_release(folder, CourseId(course), ModuleId(module), release, exchange.url, digests)
        keep_published_keys(exchange, folder)

    return take.fetch(exchange, course, module, keep, again)


def _release_there(exchange: ExchangeClient, course: str, module: str, folder: Path) -> ReleaseNumber | None:
    """The release to fetch missing files from; none for the newest. Raises Conflict when the folder has another.

    Asked before anything is fetched: the exchange notes whoever fetches the newest as having it.
    """
    from coursekit.services import take

    newest, mine = take.newest_release(exchange, course, module)
    kept = readable_release(folder)
    if kept is None or kept.release is None:
        # Its record is damaged or gone; the exchange knows what was fetched last.
        return None if mine is None else ReleaseNumber(mine)
    if newest is not None and newest != kept.release:
        raise _other_release(course, module, folder, kept.release, newest)
    return None


def _other_release(course: str, module: str, folder: Path, has: int | None, newest: int) -> Conflict:
    to = "" if folder.absolute() == Path.cwd() / module else f" --to {folder}"
    return Conflict(
        "other-release",
        f"{folder.name} is from release {has}; the exchange has release {newest} now.",
        f"To bring the new release into your work, run: coursekit update {course} {module}{to}",
    )


def update_folder(exchange: ExchangeClient, course: str, module: str, folder: Path) -> tuple[Updated, ...]:
    """Merge the newest release into the folder; empty when nothing is new. Whatever was there is kept as well.

    Raises BadInput when there is nothing to update, Conflict when it has to wait, Locked and Unreachable.
    """
    from coursekit.services import take
    from coursekit.store.home import FolderHome

    if not folder.is_dir():
        raise BadInput(
            "no-module-here",
            f"There is no folder {folder}.",
            f"Get the module first: coursekit fetch {course} {module}.",
        )
    return take.update(exchange, FolderHome(folder, f"{utc_now():%Y%m%dT%H%M%SZ}"), course, module)


def hand_in(
    exchange: ExchangeClient,
    folder: Path,
    use_this: bool = False,
    check: Callable[[Work], None] = lambda work: None,
) -> HandedIn:
    """Submit the module in that folder. `check` sees what would be sent, and nothing is sent when it raises."""
    from coursekit.services import take

    done = take.hand_in(exchange, open_workbook(folder), use_this, check)
    keep_published_keys(exchange, folder, needed=done.answer.receipt.key)
    return done


def take_back(
    exchange: ExchangeClient,
    course: str,
    submission: str,
    folder: Path | Callable[[SubmissionRow], Path] | None = None,
) -> tuple[Path, int]:
    """Write a submission into a new folder as it was handed in, with its receipt.

    `folder`: where to, or a way to name the place of what was found.

    Where it is now, and how many files it has. Raises NotFound, Conflict when the folder is there, and ServiceFault
    when what came is not what the receipt says; then nothing is written.
    """
    from coursekit.model.submission import File, manifest_digest
    from coursekit.store import folders, hidden
    from coursekit.wire.receipts import receipt_from_shape

    found = exchange.read_submission(course, submission)
    receipt = receipt_from_shape(found.receipt)
    manifest = tuple(File(f.path, sha256(f.content), len(f.content)) for f in found.files)
    if manifest_digest(manifest) != receipt.digest:
        raise ServiceFault(
            "not-as-handed-in",
            "What came back is not what the receipt says was handed in.",
            "Try again; if it happens twice, tell the course's staff, and show them the receipt.",
        )
    if folder is None:
        folder = Path(f"{found.row.module}-as-handed-in-{found.row.submission[:8]}")
    where = folder if isinstance(folder, Path) else folder(found.row)
    try:
        # Made first, and empty: whatever stands there, even for a moment, is not replaced.
        where.mkdir(parents=True)
    except FileExistsError:
        raise Conflict(
            "already-there",
            f"{where} is there already.",
            "Name another folder with --to; nothing was changed.",
        ) from None
    except OSError as error:
        raise BadInput(
            "cannot-write", f"{where} cannot be made: {error.strerror}.", "Name another folder with --to."
        ) from error
    try:
        folders.write_folder(where, [(f.path, f.content) for f in found.files])
    except BaseException:
        with contextlib.suppress(OSError):
            where.rmdir()
        raise
    hidden.write_submission(where, receipt)
    keep_published_keys(exchange, where)
    return where, len(found.files)


def say_standing(
    exchange: ExchangeClient, done: HandedIn, how: str = "submit with --use-this"
) -> tuple[str, ...]:
    """What its learner should know about a hand-in that is late or does not count. Never fails: it is handed in.

    `how`: what they do to let it count nevertheless.
    """
    from datetime import timedelta

    from coursekit.model.deadline import Standing
    from coursekit.policy.standing import standing_in_words

    answer = done.answer
    if answer.counts and answer.standing == "in time":
        return ()
    try:
        zone = exchange.path(answer.receipt.course).time_zone
    except CoursekitError:
        zone = "UTC"
    late = timedelta(seconds=answer.late_seconds)
    return standing_in_words(
        Standing(answer.standing), answer.counts, late, answer.due, answer.closes, zone, how
    )


def keep_published_keys(exchange: ExchangeClient, folder: Path, needed: str | None = None) -> None:
    """Keep the exchange's public keys with a module, so that its receipts can be checked without a network.

    `needed`: ask only when this key is not there yet. Never fails: the work itself went well.
    """
    from coursekit.store.receipts import find_keys, keep_keys

    if needed is not None and any(key.key == needed for key in find_keys(folder)):
        return
    with contextlib.suppress(CoursekitError, OSError):
        keep_keys(folder, exchange.published_keys())


def wait_for_pointers(exchange: ExchangeClient, course: str, module: str, seconds: float) -> PointersShape:
    """What the checks saw in my newest submission; while they are at it, waited for so long."""
    end = time.monotonic() + seconds
    while (found := exchange.pointers(course, module)).state == "being checked" and time.monotonic() < end:
        time.sleep(0.2)
    return found


def fetch_feedback(exchange: ExchangeClient, course: str, module: str, folder: Path) -> list[Path]:
    """Write all feedback on a module below `folder`, one folder a submission as nbgrader names them."""
    from coursekit.services import take
    from coursekit.store import folders

    written = []
    newest: dict[str, FeedbackFolder] = {}
    for given in take.feedback(exchange, course, module):
        newest[nbgrader_time(given)] = given
    for name, given in newest.items():
        folders.write_folder(folder / name, given.files)
        written.append(folder / name)
    return written


def nbgrader_time(given: FeedbackFolder) -> str:
    """How nbgrader's lists name a submission: `2027-01-24 22:59:00.000000 UTC`."""
    return f"{given.submitted_at:%Y-%m-%d %H:%M:%S.%f} UTC"


def is_genuine(receipt: Receipt, public_keys: Mapping[str, str]) -> bool:
    """Whether the exchange signed exactly this receipt."""
    from coursekit.store.keys import is_genuine as check

    return check(receipt, public_keys)
