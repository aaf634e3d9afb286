"""A learner's folder and their connection to the exchange. No database comes with it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from coursekit.model.errors import BadInput, Conflict
from coursekit.model.ids import CourseId, ModuleId, ReleaseNumber
from coursekit.model.submission import Receipt, sha256
from coursekit.store.workbook import FolderWorkbook, find_kept_release, keep_release
from coursekit.wiring.settings import connection

if TYPE_CHECKING:
    from coursekit.client import ExchangeClient
    from coursekit.services.take import FeedbackFolder, HandedIn


def connect(timeout: float = 60.0) -> ExchangeClient:
    """The exchange that the settings name. Raises Unauthenticated without a token."""
    # Imported here: a kernel that only shows forms should not wait for an HTTP library.
    from coursekit.client import ExchangeClient

    settings = connection()
    return ExchangeClient(settings.url, settings.token, timeout=timeout)


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

    def keep(release: ReleaseNumber, files: take.Files) -> None:
        if not folder.exists():
            folders.write_folder(folder, files)
        else:
            kept = find_kept_release(folder)
            if kept is not None and kept.release not in (None, release):
                raise Conflict(
                    "other-release",
                    f"{folder.name} is from release {kept.release}; the exchange has release {release} now.",
                    f"Rename {folder.name} to keep your work, and fetch again.",
                )
            folders.add_missing(folder, files)
        digests = {path: sha256(content) for path, content in files}
        keep_release(folder, CourseId(course), ModuleId(module), release, exchange.url, digests)

    return take.fetch(exchange, course, module, keep)


def hand_in(exchange: ExchangeClient, folder: Path) -> HandedIn:
    """Submit the module in that folder."""
    from coursekit.services import take

    return take.hand_in(exchange, open_workbook(folder))


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


def read_receipt(path: Path) -> Receipt:
    """The receipt in a file that a commit or a submission left. Raises BadInput when it is none."""
    import json

    from pydantic import ValidationError

    from coursekit.wire.api import ReceiptShape
    from coursekit.wire.receipts import receipt_from_shape

    try:
        value = json.loads(path.read_bytes())
        return receipt_from_shape(ReceiptShape.model_validate(value.get("receipt", value)))
    except (OSError, ValueError, AttributeError, ValidationError) as error:
        raise BadInput(
            "not-a-receipt",
            f"{path} is not a receipt.",
            "Receipts are in the hidden folder .coursekit beside the notebook.",
        ) from error
