"""The hidden folder beside a learner's notebook. Nothing in it is ever handed in.

.coursekit/
  release.json         where the folder came from, and the digests of what came with it
  commitments/p2.json  the sealed response, its receipt, its reveal
  revisions/p2-….json  receipts of later versions
  submissions/….json   receipts
  sending.json         a hand-in on its way: its digest, and the key under which it may be sent again
  kept/release-1-…/    what stood in the folder before an update; never written to again
"""

from __future__ import annotations

import contextlib
import fcntl
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from coursekit.model.errors import BadInput
from coursekit.model.ids import CourseId, Digest, ModuleId, PromptId, ReleaseNumber
from coursekit.model.origin import Origin
from coursekit.model.prompt import Response
from coursekit.model.submission import Receipt, ReceiptKind, RevealedCell
from coursekit.store.plainfiles import damaged, read_json, write_json

OWN = ".coursekit"
_GET_IT_AGAIN = "Run `coursekit fetch` with --replace; your answers stay as they are."


def keep_release(
    folder: Path,
    course: CourseId,
    module: ModuleId,
    release: ReleaseNumber,
    service: str,
    files: Mapping[str, Digest],
) -> None:
    """Note beside the fetched files where they came from, so that they are not handed in unchanged."""
    with alone(folder):
        before = readable_release(folder)
        # A second fetch brings no revealed files; without their digests they would count as the learner's.
        known = before.files if before and (before.course, before.module) == (course, module) else {}
        write_release(folder, Origin(course, module, release, service, {**known, **files}))


def find_kept_release(folder: Path) -> Origin | None:
    """Where the folder came from; none when nothing was fetched or revealed into it. Raises BadInput."""
    path = folder / OWN / "release.json"
    value = read_json(path, _GET_IT_AGAIN)
    if value is None:
        return None
    try:
        return Origin(
            CourseId(str(value["course"])),
            ModuleId(str(value["module"])),
            _number(value["release"]),
            str(value["service"]),
            {str(path): Digest(str(digest)) for path, digest in value["files"].items()},
            _number(value.get("arriving")),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise damaged(path, _GET_IT_AGAIN) from None


def _number(value: object) -> ReleaseNumber | None:
    return None if value is None else ReleaseNumber(int(str(value)))


def readable_release(folder: Path) -> Origin | None:
    """The same, or none when the record is damaged: that must not stand between a learner and handing in."""
    try:
        return find_kept_release(folder)
    except BadInput:
        return None


def write_release(folder: Path, origin: Origin) -> None:
    """Put this down as the folder's origin."""
    write_json(folder / OWN / "release.json", asdict(origin))


def write_commitment(
    folder: Path, prompt: PromptId, response: Response, receipt: Receipt, reveal: Sequence[RevealedCell]
) -> None:
    """Keep what was sealed, its receipt and what it opened."""
    write_json(
        folder / path_of_commitment(prompt),
        {
            "response": dict(response),
            "receipt": asdict(receipt),
            "reveal": [asdict(cell) for cell in reveal],
        },
    )


def find_commitment(
    folder: Path, prompt: PromptId
) -> tuple[Response, Receipt, tuple[RevealedCell, ...]] | None:
    """What was sealed, its receipt and what it opened; none before. Raises BadInput."""
    path = folder / path_of_commitment(prompt)
    next_step = f"Delete it and commit {prompt} again: the exchange gives back what is sealed."
    value = read_json(path, next_step)
    if value is None:
        return None
    try:
        response = dict(value["response"])
        receipt = Receipt(**{**value["receipt"], "kind": ReceiptKind(value["receipt"]["kind"])})
        cells = tuple(RevealedCell(**{**cell, "outputs": tuple(cell["outputs"])}) for cell in value["reveal"])
    except (KeyError, TypeError, ValueError):
        raise damaged(path, next_step) from None
    return response, receipt, cells


def write_submission(folder: Path, receipt: Receipt) -> None:
    """Keep the receipt of a submission under its number. Raises BadInput."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}", receipt.subject):
        raise BadInput(
            "bad-receipt",
            "The receipt of this submission has no usable number.",
            "Tell the course's staff; your submission itself is safe.",
        )
    write_json(folder / path_of_submission(receipt.subject), {"receipt": asdict(receipt)})


def begin_sending(folder: Path, what: Digest, key: str) -> str:
    """The key of an unfinished hand-in of the same, or else `key`, kept."""
    path = folder / OWN / "sending.json"
    # For convenience alone: nothing about it may keep a hand-in from going out.
    with contextlib.suppress(BadInput, OSError):
        begun = read_json(path, _GET_IT_AGAIN) or {}
        if begun.get("digest") == what and isinstance(begun.get("key"), str):
            return str(begun["key"])
    with contextlib.suppress(BadInput, OSError):
        write_json(path, {"digest": what, "key": key})
    return key


def end_sending(folder: Path) -> None:
    """Nothing is on its way any more."""
    with contextlib.suppress(OSError):
        (folder / OWN / "sending.json").unlink(missing_ok=True)


def write_revision(folder: Path, receipt: Receipt) -> None:
    """Keep the receipt of a revision."""
    write_json(folder / path_of_revision(receipt), {"receipt": asdict(receipt)})


def find_revisions(folder: Path, prompt: PromptId) -> tuple[Receipt, ...]:
    """The receipts of a prompt's revisions, oldest first; one that cannot be read is left out."""
    found = []
    for path in (folder / OWN / "revisions").glob(f"{prompt}-*.json"):
        with contextlib.suppress(BadInput, KeyError, TypeError, ValueError):
            value = (read_json(path, _GET_IT_AGAIN) or {})["receipt"]
            receipt = Receipt(**{**value, "kind": ReceiptKind(value["kind"])})
            # p1-b's revisions have names that begin like p1's.
            if receipt.subject == prompt:
                found.append(receipt)
    return tuple(sorted(found, key=lambda receipt: receipt.at))


def path_of_commitment(prompt: PromptId) -> str:
    """Where the receipt of a prompt's commitment is, in the module's folder."""
    return f"{OWN}/commitments/{prompt}.json"


def path_of_revision(receipt: Receipt) -> str:
    """The same for a revision's."""
    return f"{OWN}/revisions/{receipt.subject}-{receipt.own_digest()[:12]}.json"


def path_of_submission(submission: str) -> str:
    """The same for a submission's."""
    return f"{OWN}/submissions/{submission}.json"


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One writer at a time in this folder, whichever process it is in."""
    own = folder / OWN
    try:
        own.mkdir(exist_ok=True)
        lock = (own / "lock").open("ab")
    except OSError:
        # A folder that cannot be written says so better when the file itself is written.
        yield
        return
    with lock:
        # Some network drives have no locks; a rare lost race is better there than no saving at all.
        with contextlib.suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
