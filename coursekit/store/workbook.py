"""A module's folder on the learner's side: the notebook, the answers, and what was revealed.

    spike-at-65/
      spike-at-65.ipynb      the learner's; only ever read here
      prompts.json           what is asked; from the release
      responses.json         answers given in forms
      exhibits/ …            data, and what a commitment opened
      .coursekit/            `hidden.py` has it; never handed in

Only what the learner wrote, added or changed is handed in. No write leaves half a file behind.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from coursekit.model.errors import BadInput, NotFound
from coursekit.model.ids import CourseId, Digest, ModuleId, PromptId, ReleaseNumber, is_slug
from coursekit.model.origin import Origin
from coursekit.model.outcome import Refused
from coursekit.model.prompt import Prompt, PromptKind, Response
from coursekit.model.rubric import Rubric
from coursekit.model.submission import Receipt, RevealedCell, sha256
from coursekit.policy.cells import is_stub, prompt_ids, source_of
from coursekit.policy.uploads import Limits, check_path
from coursekit.store import hidden
from coursekit.store.plainfiles import (
    damaged,
    parse_json,
    plain_files,
    read_json,
    read_plain,
    write,
    write_json,
)
from coursekit.wire.prompts import prompt_from_json, rubrics_from_json

PROMPTS = "prompts.json"
RESPONSES = "responses.json"


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
        rubrics: Mapping[str, Rubric] | None = None,
    ) -> None:
        self.folder = folder
        self._course = course
        self._module = module
        self._title = title
        self._notebook = f"{notebook}.ipynb"
        self._prompts = prompts
        self.rubrics = dict(rubrics or {})
        """What learners may read of them, by name; none in an older release."""

    @classmethod
    def open(cls, folder: Path) -> FolderWorkbook:
        """The workbook in that folder.

        Raises BadInput: `no-module-here` when there is no prompts.json, else what is wrong with it.
        """
        folder = folder.absolute()
        value = read_json(folder / PROMPTS, "Get the module again from the course panel.")
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
            raise damaged(folder / PROMPTS, "Get the module again from the course panel.")
        prompts = _prompts(json.dumps(listed))
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
            rubrics_from_json(value.get("rubrics")),
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
    def notebook(self) -> str:
        """The notebook's file."""
        return self._notebook

    @property
    def prompts(self) -> Sequence[Prompt]:
        """In the notebook's order."""
        return self._prompts

    @property
    def release(self) -> ReleaseNumber | None:
        """The release this folder was fetched from; none in an author's own folder."""
        kept = hidden.readable_release(self.folder)
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

    def find_response(self, prompt: PromptId, among: Mapping[str, bytes] | None = None) -> Response | None:
        """What stands in the notebook file or in responses.json; none when untouched.

        `among`: what `files_to_submit` gave a moment ago, to be read in the place of the disk.
        """
        kind = self.get_prompt(prompt).kind
        if not kind.in_notebook:
            response: Response | None = self._responses(among)["responses"].get(prompt)
            return response
        text = self._find_text(prompt, kind, among)
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
        with hidden.alone(self.folder):
            kept = self._responses()
            kept["responses"] = {**kept["responses"], prompt: dict(response)}
            write_json(self.folder / RESPONSES, kept)

    def find_commitment(self, prompt: PromptId) -> tuple[Response, Receipt] | None:
        """What was sealed, and its receipt."""
        self.get_prompt(prompt)
        kept = hidden.find_commitment(self.folder, prompt)
        return None if kept is None else (kept[0], kept[1])

    def find_reveal(self, prompt: PromptId) -> Sequence[RevealedCell] | None:
        """What the commitment opened; none before it."""
        self.get_prompt(prompt)
        kept = hidden.find_commitment(self.folder, prompt)
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
        hidden.write_commitment(self.folder, prompt, response, receipt, reveal)
        with hidden.alone(self.folder):
            kept = hidden.readable_release(self.folder) or Origin(self._course, self._module, None)
            known = dict(kept.files)
            try:
                for path, content in files:
                    written = self._place(path, content, known)
                    known[written] = sha256(content)
            finally:
                if known != kept.files:
                    hidden.write_release(self.folder, replace(kept, files=known))

    def files_to_submit(self) -> Sequence[tuple[str, bytes]]:
        """The notebook, responses.json and whatever the learner added or changed; path and content."""
        kept = hidden.readable_release(self.folder)
        known = kept.files if kept else {}
        found = []
        for path in sorted(plain_files(self.folder)):
            if path == PROMPTS:
                continue
            content = read_plain(self.folder / path)
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
        hidden.write_submission(self.folder, receipt)

    def begin_sending(self, what: Digest, key: str) -> str:
        """The key under which to hand this in."""
        return hidden.begin_sending(self.folder, what, key)

    def end_sending(self) -> None:
        """All that came back is kept."""
        hidden.end_sending(self.folder)

    def keep_revision(self, receipt: Receipt) -> None:
        """Keep a revision's receipt; without it the chain of receipts would have a gap."""
        self.get_prompt(PromptId(receipt.subject))
        hidden.write_revision(self.folder, receipt)

    def find_revisions(self, prompt: PromptId) -> Sequence[Receipt]:
        """The receipts of that prompt's revisions, oldest first; one that cannot be read is left out."""
        self.get_prompt(prompt)
        return hidden.find_revisions(self.folder, prompt)

    def _read(self, name: str, next_step: str, among: Mapping[str, bytes] | None) -> dict[str, Any] | None:
        path = self.folder / name
        if among is None:
            return read_json(path, next_step)
        return parse_json(path, among[name], next_step) if name in among else None

    def _responses(self, among: Mapping[str, bytes] | None = None) -> dict[str, Any]:
        path = self.folder / RESPONSES
        next_step = (
            f"Nothing was changed. Rename {RESPONSES} to keep what is in it, answer again, and show the "
            "renamed file to the course's staff."
        )
        value = self._read(RESPONSES, next_step, among)
        if value is None:
            return {"schema": "coursekit.responses/1", "responses": {}}
        _check_schema(value, "coursekit.responses/1", path)
        responses = value.get("responses")
        if not isinstance(responses, dict) or not all(isinstance(r, dict) for r in responses.values()):
            raise damaged(path, next_step)
        return value

    def _find_text(self, prompt: PromptId, kind: PromptKind, among: Mapping[str, bytes] | None) -> str | None:
        path = self.folder / self._notebook
        value = self._read(self._notebook, "Open it in the lab, save it, then try again.", among)
        if value is None:
            raise BadInput(
                "no-notebook",
                f"{self._notebook} is not in this folder.",
                f"If you renamed it, give it its name back: {self._notebook}.",
            )
        cells = value.get("cells")
        if not isinstance(cells, list):
            raise damaged(path, "Open it in the lab, save it, then try again.")
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
                standing = read_plain(there)
                if standing == content:
                    return candidate
                if standing is None or known.get(candidate) != sha256(standing):
                    continue
            write(there, content)
            return candidate
        raise AssertionError("there is always one more name")


@lru_cache(maxsize=16)
def _prompts(listed: str) -> tuple[Prompt, ...]:
    # Each call of a notebook opens the workbook anew; what is asked is the same every time.
    return tuple(prompt_from_json(entry) for entry in json.loads(listed))


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
