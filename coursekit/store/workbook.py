"""A module's folder on the learner's side: the notebook, the answers, and what was revealed.

    spike-at-65/
      spike-at-65.ipynb      the learner's; only ever read here
      prompts.json           what is asked; from the release
      responses.json         answers given in forms
      exhibits/ …            data, and what a commitment opened
      .coursekit/            never handed in
        release.json         where the folder came from, and the digests of what came with it
        commitments/p2.json  the sealed response, its receipt, its reveal
        revisions/p2-….json  receipts of later versions
    submissions/….json   receipts

Only what the learner wrote, added or changed is handed in. No write leaves half a file behind.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import secrets
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from coursekit.model.errors import BadInput, NotFound
from coursekit.model.ids import CourseId, Digest, ModuleId, PromptId, ReleaseNumber, is_slug
from coursekit.model.outcome import Refused
from coursekit.model.prompt import Prompt, PromptKind, Response
from coursekit.model.submission import Receipt, ReceiptKind, RevealedCell, sha256
from coursekit.policy.cells import prompt_ids, source_of
from coursekit.policy.uploads import Limits, check_path
from coursekit.wire.prompts import prompt_from_json

PROMPTS = "prompts.json"
RESPONSES = "responses.json"
OWN = ".coursekit"

STUBS = frozenset(
    {
        "YOUR ANSWER HERE",
        "Write your answer here.",
        "# YOUR CODE HERE\nraise NotImplementedError()",
    }
)
"""What a release leaves in the place of an answer."""
_CODE_STUB = "raise NotImplementedError()"


@dataclass(frozen=True)
class KeptRelease:
    """Where a folder came from, as `.coursekit/release.json` says."""

    course: CourseId
    module: ModuleId
    release: ReleaseNumber | None
    """None in a folder that was not fetched, such as an author's own."""
    service: str = ""
    """The address of the exchange that it came from."""
    files: Mapping[str, Digest] = field(default_factory=dict)
    """The digest of each file as it came; one that still has it is not the learner's work."""


def keep_release(
    folder: Path,
    course: CourseId,
    module: ModuleId,
    release: ReleaseNumber,
    service: str,
    files: Mapping[str, Digest],
) -> None:
    """Note beside the fetched files where they came from, so that they are not handed in unchanged."""
    with _alone(folder):
        before = _readable_release(folder)
        # A second fetch brings no revealed files; without their digests they would count as the learner's.
        known = before.files if before and (before.course, before.module) == (course, module) else {}
        _write_release(folder, KeptRelease(course, module, release, service, {**known, **files}))


def find_kept_release(folder: Path) -> KeptRelease | None:
    """Where the folder came from; none when nothing was fetched or revealed into it."""
    path = folder / OWN / "release.json"
    value = _read_json(path, "Get the module again from the course panel; your answers stay as they are.")
    if value is None:
        return None
    try:
        number = value["release"]
        return KeptRelease(
            CourseId(str(value["course"])),
            ModuleId(str(value["module"])),
            None if number is None else ReleaseNumber(int(number)),
            str(value["service"]),
            {str(path): Digest(str(digest)) for path, digest in value["files"].items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise _damaged(path, "Get the module again; your answers stay as they are.") from None


def _readable_release(folder: Path) -> KeptRelease | None:
    """The same, or none when the record is damaged: that must not stand between a learner and handing in."""
    try:
        return find_kept_release(folder)
    except BadInput:
        return None


class FolderWorkbook:
    """The plug for `ports.Workbook` over a folder.

    Every look reads the disk: the notebook's editor, the lab and other kernels write there too.
    """

    def __init__(
        self,
        folder: Path,
        course: CourseId,
        module: ModuleId,
        title: str,
        notebook: str,
        prompts: tuple[Prompt, ...],
    ) -> None:
        self.folder = folder
        self._course = course
        self._module = module
        self._title = title
        self._notebook = f"{notebook}.ipynb"
        self._prompts = prompts

    @classmethod
    def open(cls, folder: Path) -> FolderWorkbook:
        """The workbook in that folder.

        Raises BadInput: `no-module-here` when there is no prompts.json, else what is wrong with it.
        """
        folder = folder.absolute()
        value = _read_json(folder / PROMPTS, "Get the module again from the course panel.")
        if value is None:
            raise BadInput(
                "no-module-here",
                f"There is no module in this folder: {PROMPTS} is not beside the notebook.",
                "Open the notebook in the folder that the course panel made for it, or get the module again.",
            )
        _check_schema(value, "coursekit.prompts/1", folder / PROMPTS)
        course, module, notebook = (_name(value, key) for key in ("course", "module", "notebook"))
        title = value.get("title")
        listed = value.get("prompts")
        if not isinstance(listed, list):
            raise _damaged(folder / PROMPTS, "Get the module again from the course panel.")
        prompts = tuple(prompt_from_json(entry) for entry in listed)
        if len({p.id for p in prompts}) < len(prompts):
            raise BadInput(
                "bad-prompt", f"Two prompts in {PROMPTS} have the same id.", "Build the module again."
            )
        return cls(
            folder,
            CourseId(course),
            ModuleId(module),
            title if isinstance(title, str) and title else module,
            notebook,
            prompts,
        )

    @property
    def course(self) -> CourseId:
        """The course this module belongs to."""
        return self._course

    @property
    def module(self) -> ModuleId:
        """The module's id."""
        return self._module

    @property
    def title(self) -> str:
        """The module's title."""
        return self._title

    @property
    def prompts(self) -> Sequence[Prompt]:
        """In the notebook's order."""
        return self._prompts

    @property
    def release(self) -> ReleaseNumber | None:
        """The release this folder was fetched from; none in an author's own folder."""
        kept = _readable_release(self.folder)
        return kept.release if kept else None

    def get_prompt(self, prompt: PromptId) -> Prompt:
        """The prompt of that id. Raises NotFound, naming the prompts there are."""
        found = next((p for p in self._prompts if p.id == prompt), None)
        if found is None:
            known = ", ".join(p.id for p in self._prompts) or "none yet"
            raise NotFound(
                "no-such-prompt", f"“{self._title}” has no prompt {prompt}.", f"Its prompts are: {known}."
            )
        return found

    def find_response(self, prompt: PromptId) -> Response | None:
        """What stands in the notebook file or in responses.json; none when untouched."""
        kind = self.get_prompt(prompt).kind
        if not kind.in_notebook:
            response: Response | None = self._responses()["responses"].get(prompt)
            return response
        text = self._find_text(prompt, kind)
        if text is None:
            return None
        return {"code" if kind is PromptKind.ANALYSIS else "text": text}

    def save_response(self, prompt: PromptId, response: Response) -> None:
        """Keep a form's answer in responses.json, at once and whole.

        Raises BadInput, and leaves the file as it is, when it cannot be read.
        """
        if self.get_prompt(prompt).kind.in_notebook:
            raise BadInput(
                "answer-in-notebook",
                f"The answer to {prompt} belongs in its cell.",
                "Write it there, then save.",
            )
        # Two kernels on one folder would otherwise each write back the other's older answers.
        with _alone(self.folder):
            kept = self._responses()
            kept["responses"] = {**kept["responses"], prompt: dict(response)}
            _write_json(self.folder / RESPONSES, kept)

    def find_commitment(self, prompt: PromptId) -> tuple[Response, Receipt] | None:
        """What was sealed, and its receipt."""
        kept = self._commitment(prompt)
        return None if kept is None else (kept[0], kept[1])

    def find_reveal(self, prompt: PromptId) -> Sequence[RevealedCell] | None:
        """What the commitment opened; none before it."""
        kept = self._commitment(prompt)
        return None if kept is None else kept[2]

    def keep_commitment(
        self,
        prompt: PromptId,
        response: Response,
        receipt: Receipt,
        reveal: Sequence[RevealedCell],
        files: Sequence[tuple[str, bytes]],
    ) -> None:
        """Keep the receipt and the reveal beside the notebook, and put the revealed files in their places.

        A file that the learner changed stays; the revealed one is written beside it. Raises BadInput, with
        receipt and reveal already kept, when a file has no place below the folder.
        """
        self.get_prompt(prompt)
        _write_json(
            self.folder / OWN / "commitments" / f"{prompt}.json",
            {
                "response": dict(response),
                "receipt": asdict(receipt),
                "reveal": [asdict(cell) for cell in reveal],
            },
        )
        with _alone(self.folder):
            kept = _readable_release(self.folder) or KeptRelease(self._course, self._module, None)
            known = dict(kept.files)
            try:
                for path, content in files:
                    written = self._place(path, content, known)
                    known[written] = sha256(content)
            finally:
                if known != kept.files:
                    _write_release(
                        self.folder,
                        KeptRelease(kept.course, kept.module, kept.release, kept.service, known),
                    )

    def files_to_submit(self) -> Sequence[tuple[str, bytes]]:
        """The notebook, responses.json and whatever the learner added or changed; path and content."""
        kept = _readable_release(self.folder)
        known = kept.files if kept else {}
        found = []
        for path in sorted(_plain_files(self.folder)):
            if path == PROMPTS:
                continue
            content = _read_plain(self.folder / path)
            if content is None:
                continue
            if path in (self._notebook, RESPONSES) or known.get(path) != sha256(content):
                found.append((path, content))
        for own in (self._notebook, RESPONSES):
            # Leaving it out in silence would hand in a module without its answers.
            if (self.folder / own).is_symlink():
                raise BadInput(
                    "link-in-folder",
                    f"{own} is a link to another place, and links are never followed.",
                    "Put the file itself in its place, then submit.",
                )
        return found

    def keep_submission(self, receipt: Receipt) -> None:
        """Keep the receipt beside the notebook."""
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}", receipt.subject):
            raise BadInput(
                "bad-receipt",
                "The receipt of this submission has no usable number.",
                "Tell the course's staff; your submission itself is safe.",
            )
        _write_json(
            self.folder / OWN / "submissions" / f"{receipt.subject}.json", {"receipt": asdict(receipt)}
        )

    def keep_revision(self, receipt: Receipt) -> None:
        """Keep a revision's receipt; without it the chain of receipts would have a gap."""
        self.get_prompt(PromptId(receipt.subject))
        name = f"{receipt.subject}-{receipt.own_digest()[:12]}.json"
        _write_json(self.folder / OWN / "revisions" / name, {"receipt": asdict(receipt)})

    def _responses(self) -> dict[str, Any]:
        path = self.folder / RESPONSES
        next_step = (
            f"Nothing was changed. Rename {RESPONSES} to keep what is in it, answer again, and show the "
            "renamed file to the course's staff."
        )
        value = _read_json(path, next_step)
        if value is None:
            return {"schema": "coursekit.responses/1", "responses": {}}
        _check_schema(value, "coursekit.responses/1", path)
        responses = value.get("responses")
        if not isinstance(responses, dict) or not all(isinstance(r, dict) for r in responses.values()):
            raise _damaged(path, next_step)
        return value

    def _find_text(self, prompt: PromptId, kind: PromptKind) -> str | None:
        path = self.folder / self._notebook
        value = _read_json(path, "Open it in the lab, save it, then try again.")
        if value is None:
            raise BadInput(
                "no-notebook",
                f"{self._notebook} is not in this folder.",
                f"If you renamed it, give it its name back: {self._notebook}.",
            )
        cells = value.get("cells")
        if not isinstance(cells, list):
            raise _damaged(path, "Open it in the lab, save it, then try again.")
        written = {
            text
            for cell in cells
            if prompt in prompt_ids(cell) and not is_stub(text := source_of(cell), kind)
        }
        if len(written) > 1:
            raise BadInput(
                "two-answers",
                f"Two cells of {self._notebook} answer {prompt}, with different texts.",
                "One may be a pasted copy: keep the answer you mean, delete the other cell, and save.",
            )
        return next(iter(written), None)

    def _commitment(self, prompt: PromptId) -> tuple[Response, Receipt, tuple[RevealedCell, ...]] | None:
        self.get_prompt(prompt)
        path = self.folder / OWN / "commitments" / f"{prompt}.json"
        next_step = f"Delete it and commit {prompt} again: the exchange gives back what is sealed."
        value = _read_json(path, next_step)
        if value is None:
            return None
        try:
            response = dict(value["response"])
            receipt = Receipt(**{**value["receipt"], "kind": ReceiptKind(value["receipt"]["kind"])})
            cells = tuple(
                RevealedCell(**{**cell, "outputs": tuple(cell["outputs"])}) for cell in value["reveal"]
            )
        except (KeyError, TypeError, ValueError):
            raise _damaged(path, next_step) from None
        return response, receipt, cells

    def _place(self, path: str, content: bytes, known: Mapping[str, Digest]) -> str:
        """Write a revealed file in its place or, if the learner's stands there, beside; the path it got."""
        decision = check_path(path, Limits())
        if isinstance(decision, Refused):
            raise BadInput.of(decision)
        if path.casefold() in (PROMPTS, RESPONSES, self._notebook.casefold()):
            raise BadInput(
                "unsafe-path", f"A revealed file would replace {path}.", "Tell the course's staff."
            )
        parent = self.folder
        for part in path.split("/")[:-1]:
            parent /= part
            if parent.is_symlink() or (parent.exists() and not parent.is_dir()):
                raise BadInput(
                    "in-the-way",
                    f"{path} could not be written: {parent.relative_to(self.folder)} is not a plain folder.",
                    f"Rename it, then commit again to get {path}.",
                )
        for candidate in _names_beside(path):
            there = self.folder / candidate
            if there.is_symlink() or there.exists():
                standing = _read_plain(there)
                if standing == content:
                    return candidate
                if standing is None or known.get(candidate) != sha256(standing):
                    continue
            _write(there, content)
            return candidate
        raise AssertionError("there is always one more name")


def is_stub(text: str, kind: PromptKind) -> bool:
    """Whether a cell's text is still what the release left there, or nothing."""
    bare = text.strip()
    if kind is PromptKind.ANALYSIS and _CODE_STUB in bare:
        return True
    return not bare or bare in STUBS or bare.strip("*_ \n") in STUBS


def _names_beside(path: str) -> Iterator[str]:
    """scores.csv, scores.revealed.csv, scores.revealed-2.csv, …"""
    folder, slash, name = path.rpartition("/")
    stem, dot, ending = name.rpartition(".")
    if not stem:
        stem, dot, ending = name, "", ""
    yield path
    number = 1
    while True:
        mark = "revealed" if number == 1 else f"revealed-{number}"
        yield f"{folder}{slash}{stem}.{mark}{dot}{ending}"
        number += 1


def _plain_files(folder: Path, below: str = "") -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            name = entry.name
            path = f"{below}{name}"
            if name.startswith(".") or name == "__pycache__" or name.endswith(".pyc"):
                continue
            # A link could lead to anybody's file, or in a circle.
            if entry.is_dir(follow_symlinks=False):
                if path != "feedback":
                    yield from _plain_files(Path(entry.path), f"{path}/")
            elif entry.is_file(follow_symlinks=False):
                yield path


def _read_plain(path: Path) -> bytes | None:
    """The content of a regular file; none for anything else, even if it became that just now."""
    try:
        # Without O_NONBLOCK, opening a pipe would wait for somebody to write into it.
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if path.is_symlink() or not path.is_file():
            return None
        raise _unreadable(path, error) from None
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        return None
    with os.fdopen(number, "rb") as file:
        return file.read()


def _read_json(path: Path, next_step: str) -> dict[str, Any] | None:
    """The object in a JSON file, or none when there is no file."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unreadable(path, error) from None
    try:
        # Some editors put a byte-order mark first.
        value = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise _damaged(path, next_step) from None
    if not isinstance(value, dict):
        raise _damaged(path, next_step)
    return value


def _name(value: Mapping[str, Any], key: str) -> str:
    name = value.get(key)
    good = isinstance(name, str) and (
        "/" not in name and not isinstance(check_path(name, Limits()), Refused)
        if key == "notebook"
        else is_slug(name)
    )
    if not good:
        raise BadInput(
            "bad-prompts-file",
            f"{PROMPTS} has no usable “{key}”.",
            "Get the module again from the course panel.",
        )
    return str(name)


def _check_schema(value: Mapping[str, Any], schema: str, path: Path) -> None:
    if value.get("schema") != schema:
        raise BadInput(
            "unknown-schema",
            f"{path.name} is not of the kind {schema}.",
            "Nothing was changed. It may come from a newer coursekit: update yours, or get the module again.",
        )


def _write_release(folder: Path, kept: KeptRelease) -> None:
    _write_json(folder / OWN / "release.json", asdict(kept))


def _write_json(path: Path, value: Mapping[str, Any]) -> None:
    text = json.dumps(value, indent=1, ensure_ascii=False) + "\n"
    try:
        content = text.encode()
    except UnicodeEncodeError:
        # Half an emoji, cut by a text field's limit, has no place in UTF-8; escaped, it is kept all the same.
        content = json.dumps(value, indent=1).encode()
    _write(path, content)


def _write(path: Path, content: bytes) -> None:
    """Replace a file in one step: whatever happens, either the old content is there or the new one."""
    beside = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)  # noqa: PTH105 — the one call that is atomic
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise BadInput(
            "cannot-save",
            f"{path.name} could not be written: {error.strerror or error}.",
            "Make room in your home folder or check that the folder is yours to write in, then try again.",
        ) from None


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
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


def _damaged(path: Path, next_step: str) -> BadInput:
    return BadInput("damaged-file", f"{path.name} cannot be read: it is damaged.", next_step)


def _unreadable(path: Path, error: OSError) -> BadInput:
    return BadInput(
        "unreadable-file",
        f"{path.name} cannot be read: {error.strerror or error}.",
        "Check that the file is yours to read, then try again.",
    )
