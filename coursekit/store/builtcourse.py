"""What a build reads, and what it writes beside the author's files.

root/modules/<module>/exhibits/  prompts.json                  learners get these
                      .coursekit/{built.ipynb, checks.json, build.json}        these are for staff alone
                      .coursekit/variants/<variant>/{built.ipynb, build.json}
                      .coursekit/languages/<language>/{built.ipynb, prompts.json, checks.json, build.json}
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from coursekit.lint.finding import Finding
from coursekit.model.course import Module
from coursekit.model.errors import Conflict
from coursekit.model.ids import Digest, ModuleId
from coursekit.model.submission import sha256
from coursekit.store import editions, trials
from coursekit.store.authored import COURSE_FILE
from coursekit.store.authoredcourse import AuthoredCourse
from coursekit.store.casefiles import CaseFiles
from coursekit.store.wholefiles import digest_of, json_bytes, remove_empty, write_durably

_BUILT = ".coursekit/built.ipynb"
_CHECKS = ".coursekit/checks.json"
_RECORD = ".coursekit/build.json"


class BuiltCourse(AuthoredCourse):
    """A course on disk, with what builds and try-outs left there."""

    def inputs(self, module: Module) -> dict[str, Digest]:
        """Whatever the build's result depends on, by path below the root."""
        paths = [self.root / COURSE_FILE, *self._own_files(module.id).values()]
        paths += self._named(module, faculty=True).values()
        case = CaseFiles(self.root, module)
        paths += [p for p in (case.story(), case.sources()) if p is not None]
        return {p.relative_to(self.root).as_posix(): sha256(p.read_bytes()) for p in sorted(paths)}

    def find_record(self, module: ModuleId, edition: str = "") -> Mapping[str, Any] | None:
        """What the last build, or an edition's, wrote down; none when there was none, or its notebook is gone."""
        return editions.find_record(self._own(module) / edition)

    def find_built(self, module: ModuleId, edition: str = "") -> bytes | None:
        """The notebook of the last build, or that of an edition; none when there is none."""
        return editions.find_built(self._own(module) / edition)

    def find_run(self, module: ModuleId, key: Digest, edition: str = "") -> bytes | None:
        """The notebook as `check --run` executed it from the very same; none when it did not."""
        return trials.find_run(self._own(module) / edition, key)

    def find_tried(self, module: ModuleId, key: Digest, edition: str = "") -> tuple[Finding, ...] | None:
        """What the last try-out found, if it was of the very same; else none."""
        return trials.find_tried(self._own(module) / edition, key)

    def keep_tried(
        self,
        module: ModuleId,
        key: Digest,
        findings: Sequence[Finding],
        run: Digest,
        executed: bytes | None,
        edition: str = "",
    ) -> None:
        """Keep it for the next time, and the executed notebook for the next build."""
        trials.keep_tried(self._own(module) / edition, key, findings, run, executed)

    @contextmanager
    def scratch(self, module: Module, prompts: bytes) -> Iterator[str]:
        """A copy of the module's folder to run in, with exhibits and prompts.json; gone afterwards."""
        with tempfile.TemporaryDirectory(prefix="coursekit-build-") as name:
            scratch = Path(name)
            own = {k: v for k, v in self._own_files(module.id).items() if not k.endswith(".ipynb")}
            for path, source in {**own, **self._named(module, faculty=True)}.items():
                (scratch / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, scratch / path)
            (scratch / "prompts.json").write_bytes(prompts)
            # The forms look for the notebook beside them; the model answers are nobody's answers.
            (scratch / f"{module.id}.ipynb").write_bytes(json_bytes(_unanswered(self.master(module.id))))
            yield name

    def install(
        self, module: Module, prompts: bytes, checks: bytes, built: bytes | None, record: Mapping[str, Any]
    ) -> tuple[str, ...]:
        """Put the results in their places, all prepared before the first is moved; gives the exhibits' paths.

        Without `built` the notebook that is there stays. Raises Conflict rather than lose an author's edit.
        """
        folder, case = self.root / "modules" / module.id, CaseFiles(self.root, module)
        copied = self._copied_before(module.id)
        exhibits = {path: source.read_bytes() for path, source in self._named(module).items()}
        names = tuple(sorted(exhibits))
        sources = case.told_sources(self._notebook(module), exhibits)
        exhibits |= {path: told.encode() for path, told in sources.items()}
        for path, content in exhibits.items():
            source = "SOURCES.md" if path in sources else path
            self._keep_edits(module, folder / path, source, content, copied.get(path))
        digests = {path: sha256(content) for path, content in sorted(exhibits.items())}
        files = {**exhibits, "prompts.json": prompts, _CHECKS: checks}
        if built is not None:
            files[_BUILT] = built
        # The record last: whoever sees it sees the rest.
        files[_RECORD] = json_bytes({**record, "exhibits": digests})
        (folder / ".coursekit").mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="new-", dir=folder / ".coursekit") as name:
            ready = Path(name)
            for number, content in enumerate(files.values()):
                write_durably(ready / str(number), content)
            for number, path in enumerate(files):
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (ready / str(number)).replace(folder / path)
        # What was copied once and is named no longer; where the record is lost, whatever is the case's to the byte.
        for path in {**case.exhibits, **copied}:
            stale = folder / path
            here = digest_of(stale) if path not in exhibits else None
            if here is not None and here in (copied.get(path), case.digest(path)):
                stale.unlink()
                remove_empty(stale.parent, folder)
        return names

    def install_edition(
        self, module: ModuleId, edition: str, files: Mapping[str, bytes], record: Mapping[str, Any]
    ) -> None:
        """An edition's own files put beside the module's; what is not among them stays."""
        editions.install(self._own(module) / edition, files, record)

    def _own(self, module: ModuleId) -> Path:
        return self.root / "modules" / module / ".coursekit"

    def _copied_before(self, module: ModuleId) -> dict[str, str]:
        record = self.find_record(module) or {}
        copied = record.get("exhibits", {})
        if not isinstance(copied, dict):
            return {}
        # The record could be edited: nothing outside exhibits/ is ever deleted on its word.
        return {p: d for p, d in copied.items() if p.startswith("exhibits/") and ".." not in p.split("/")}

    def _keep_edits(
        self, module: Module, target: Path, source: str, content: bytes, copied: str | None
    ) -> None:
        """`source`: in the case's folder; `copied`: the digest of what the last build put there."""
        there = digest_of(target)
        if there is not None and there not in (sha256(content), copied):
            raise Conflict(
                "edited-exhibit",
                f"{target.relative_to(self.root).as_posix()} was changed by hand; the build would overwrite it.",
                f"Move your change to cases/{module.case}/{source}, delete the copy, then build again.",
            )


def _unanswered(notebook: dict[str, Any]) -> dict[str, Any]:
    """The notebook with its answer cells empty."""

    def is_answer(cell: dict[str, Any]) -> bool:
        return bool(cell["metadata"].get("nbgrader", {}).get("solution"))

    cells = [{**cell, "source": ""} if is_answer(cell) else cell for cell in notebook["cells"]]
    return {**notebook, "cells": cells}
