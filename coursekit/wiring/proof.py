"""`coursekit verify`: receipts, the keys they are checked with, and what folders still hold of the work.

What is kept in the folders is enough, and the network is asked only where it is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from coursekit.model.errors import BadInput, CoursekitError
from coursekit.model.submission import File, Receipt, ReceiptKind, manifest_digest, sha256
from coursekit.policy import chain
from coursekit.store.hidden import find_kept_release
from coursekit.store.keyring import vouched
from coursekit.store.keys import is_genuine
from coursekit.store.receipts import KeptReceipt, find_keys, find_receipts, read_keys
from coursekit.store.workbook import FolderWorkbook
from coursekit.wire.api import KeyShape
from coursekit.wiring.settings import connection


@dataclass(frozen=True)
class Verdict:
    """What is to be said of one receipt."""

    path: Path
    receipt: Receipt | None
    code: str
    """`genuine`; else `changed`, `stranger`, `unvouched`, `unknown-key`, `misplaced`, `other-answer`,
    `unreadable`."""
    text: str
    """One sentence; for a genuine one, its name and whose it is."""

    @property
    def holds(self) -> bool:
        """Whether it proves what it says."""
        return self.code == "genuine"


@dataclass(frozen=True)
class Proof:
    """All that was found."""

    verdicts: tuple[Verdict, ...]
    flaws: tuple[str, ...]
    """What no row of the exchange's has; a sentence each."""
    gaps: tuple[str, ...]
    """Where a receipt is missing; a sentence each."""
    notes: tuple[str, ...]
    """What else is worth knowing: whether the folders are still as handed in, and where the keys came from."""


def prove(paths: Sequence[Path], keys: Path | None = None, offline: bool = False) -> Proof:
    """Check all receipts in files and folders. `keys`: believe these alone. `offline`: never ask the network.

    Raises BadInput when there are no receipts, or no keys in the file.
    """
    found = [kept for path in paths for kept in find_receipts(path)]
    if not found:
        raise BadInput(
            "no-receipts",
            "There are no receipts here.",
            "Name a receipt, a module's folder, or the folder that your modules are in.",
        )
    chest = _Chest(found, keys, offline)
    verdicts = tuple(_judge(kept, chest) for kept in found)
    genuine = [v.receipt for v in verdicts if v.holds and v.receipt is not None]
    flaws = [flaw.text for path in paths if path.is_file() for flaw in _order(path)]
    rows = chain.rows(genuine)
    flaws += [flaw.text for row in rows for flaw in row.flaws]
    notes = [note for folder in _folders(found) for note in _as_handed_in(folder, genuine)]
    return Proof(
        verdicts, tuple(flaws), tuple(gap for row in rows for gap in row.gaps), (*notes, *chest.said)
    )


class _Chest:
    """The keys to check with: for each folder those kept in it, and what they vouch for."""

    def __init__(self, found: Sequence[KeptReceipt], by_hand: Path | None, offline: bool) -> None:
        self._by_hand = read_keys(by_hand) if by_hand is not None else None
        self._offline = offline or by_hand is not None
        folders = _folders(found)
        self._kept = {folder: find_keys(folder) for folder in folders}
        # A folder fetched later may hold a key that one fetched earlier vouches for.
        self._offered = [key for kept in self._kept.values() for key in kept]
        self._published: dict[str, list[KeyShape] | CoursekitError] = {}
        self.said: list[str] = []
        if self._by_hand is not None:
            self.said.append(f"Checked without a network, with the keys in {by_hand}.")
        else:
            self._ask_where_needed(found)
            if not self._published:
                self.said.append("Checked without a network, with the keys kept in the folders.")

    def trusted(self, folder: Path | None) -> dict[str, str]:
        """The keys that a folder's receipts may be signed with: id → base64."""
        if self._by_hand is not None:
            return vouched(self._by_hand, [])
        # A receipt that lies elsewhere is one of those that the folders named with it are about.
        anchors = self._kept[folder] if folder is not None else self._offered
        asked = self.published(folder)
        # Where nothing was kept, what the exchange says now has to do.
        return vouched(anchors or asked, [*self._offered, *asked])

    def published(self, folder: Path | None) -> list[KeyShape]:
        """What the exchange of that folder said it publishes; empty when it was not asked or did not answer."""
        answer = self._published.get(_service(folder) or "")
        return answer if isinstance(answer, list) else []

    def was_asked(self, folder: Path | None) -> bool:
        """Whether the exchange of that folder answered."""
        return bool(self.published(folder))

    def _ask_where_needed(self, found: Sequence[KeptReceipt]) -> None:
        if self._offline:
            return
        for kept in found:
            if kept.receipt is None or kept.receipt.key in self.trusted(kept.folder):
                continue
            service = _service(kept.folder)
            if service is None or service in self._published:
                continue
            self._published[service] = answer = _ask(service)
            if isinstance(answer, CoursekitError):
                self.said.append(f"A key is not kept here, and {service} could not be asked: {answer.detail}")
            elif kept.folder and self._kept[kept.folder]:
                self.said.append(f"Asked {service} for its newer keys.")
            else:
                self.said.append(f"Asked {service} for its keys: none were kept here.")


def _judge(kept: KeptReceipt, chest: _Chest) -> Verdict:
    receipt = kept.receipt
    if receipt is None:
        return Verdict(kept.path, None, "unreadable", f"{kept.path} is not a receipt, or not any more.")
    name = chain.name(receipt)

    def no(code: str, why: str) -> Verdict:
        return Verdict(kept.path, receipt, code, f"{name}, {receipt.learner}: {why}")

    trusted = chest.trusted(kept.folder)
    if receipt.key not in trusted:
        if any(key.key == receipt.key for key in chest.published(kept.folder)):
            return no(
                "unvouched",
                f"its key {receipt.key} is published, but no key that was kept at the fetch vouches for it.",
            )
        if chest.was_asked(kept.folder):
            return no(
                "stranger",
                f"the exchange has no key {receipt.key}; another one signed it, or somebody made it up.",
            )
        return no(
            "unknown-key", f"its key {receipt.key} is not known here; another exchange may have signed it."
        )
    if not is_genuine(receipt, trusted):
        return no("changed", "it was changed after the exchange signed it.")
    if not kept.is_in_place:
        return no("misplaced", f"it stands in {kept.path.name}, the place of another receipt.")
    if kept.answer is not None and kept.answer != receipt.digest:
        return no("other-answer", f"the answer in {kept.path.name} is not the one that was sealed.")
    return Verdict(kept.path, receipt, "genuine", f"{name}, {receipt.learner}")


def _order(path: Path) -> list[chain.Flaw]:
    return chain.order_of_list([kept.receipt for kept in find_receipts(path) if kept.receipt is not None])


def _folders(found: Sequence[KeptReceipt]) -> list[Path]:
    return list(dict.fromkeys(kept.folder for kept in found if kept.folder is not None))


def _as_handed_in(folder: Path, genuine: Sequence[Receipt]) -> list[str]:
    """Whether the newest hand-in of that folder's module is what lies in it now."""
    try:
        workbook = FolderWorkbook.open(folder)
        handed_in = [
            r
            for r in genuine
            if r.kind is ReceiptKind.SUBMISSION and (r.course, r.module) == (workbook.course, workbook.module)
        ]
        if not handed_in:
            return []
        newest = max(handed_in, key=lambda r: r.at)
        files = tuple(File(p, sha256(content), len(content)) for p, content in workbook.files_to_submit())
    except CoursekitError:
        return []
    when = chain.moment(newest.at)
    if manifest_digest(files) == newest.digest:
        return [f"The files in {folder.name} are, byte for byte, those handed in at {when}."]
    return [f"The files in {folder.name} were changed since they were handed in at {when}."]


def _service(folder: Path | None) -> str | None:
    """The address of the exchange that a folder came from, else of the one that one is signed in to."""
    try:
        kept = find_kept_release(folder) if folder is not None else None
        return kept.service if kept is not None and kept.service else connection().url
    except CoursekitError:
        return None


def _ask(service: str) -> list[KeyShape] | CoursekitError:
    # Imported here: offline, nobody waits for an HTTP library.
    from coursekit.client import ExchangeClient

    try:
        # The keys are public, and the address stands in a file: no token goes there.
        with ExchangeClient(service, "none", timeout=10) as exchange:
            return exchange.published_keys()
    except CoursekitError as error:
        return error
