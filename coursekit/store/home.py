"""A learner's folder while a new release moves in. Whenever it is interrupted, nothing is lost.

    1. a whole copy in .coursekit/kept/   under its name only when all of it is there
    2. release.json: `arriving`           from here on, the folder may hold files of both releases
    3. each file replaced in one step     only if it is still what the plan found
    4. what is gone is taken away
    5. release.json: the new release

After an interruption the same update is made again: plan and merge find what is done already, and do the rest.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from pathlib import Path

from coursekit.model.errors import BadInput, Conflict
from coursekit.model.ids import Digest, ReleaseNumber
from coursekit.model.origin import Origin
from coursekit.policy.arrival import Folder, Plan
from coursekit.store import hidden
from coursekit.store.plainfiles import (
    copy_plain,
    digest_plain,
    not_writable,
    odd_paths,
    plain_files,
    read_plain,
    write,
)


class FolderHome:
    """The plug for `services.take.Home`. `stamp` names the copy that is kept, such as `20270111T080000Z`."""

    def __init__(self, folder: Path, stamp: str) -> None:
        self.folder = folder
        self._stamp = stamp

    def find_origin(self) -> Origin | None:
        """Where the folder came from; none in an author's own. Raises BadInput."""
        return hidden.find_kept_release(self.folder)

    def alone(self) -> AbstractContextManager[None]:
        """One writer at a time; forms and commitments wait for it as well."""
        return hidden.alone(self.folder)

    def look(self) -> Folder:
        """What stands there. Raises BadInput when a file cannot be read."""
        files = {path: digest_plain(self.folder / path) for path in sorted(plain_files(self.folder))}
        odd = dict(odd_paths(self.folder))
        return Folder(
            {path: digest for path, digest in files.items() if digest is not None},
            frozenset(path for path, is_folder in odd.items() if is_folder),
            frozenset(path for path, is_folder in odd.items() if not is_folder),
        )

    def read(self, path: str) -> bytes:
        """A file's content. Raises Conflict when it is gone."""
        content = read_plain(self.folder / path)
        if content is None:
            raise _changed(path)
        return content

    def change(self, plan: Plan, here: Folder, release: ReleaseNumber) -> str:
        """Carry the plan out; where the copy is, relative to the folder.

        Raises BadInput when something cannot be written, and Conflict when a file is no longer what the plan
        found. Either way nothing is lost, and the update can be made again.
        """
        origin = hidden.find_kept_release(self.folder)
        assert origin is not None
        copy = self._keep_copy(origin, here)
        hidden.write_release(self.folder, replace(origin, arriving=release))
        for new in plan.writes:
            write(self.folder / new.path, new.content, partial(self._check, new.path, new.stood))
        for path, stood in plan.removals:
            self._check(path, stood)
            with _saying(self.folder / path):
                (self.folder / path).unlink()
        hidden.write_release(
            self.folder, replace(origin, release=release, files=dict(plan.known), arriving=None)
        )
        return copy

    def _check(self, path: str, stood: Digest | None) -> None:
        there = self.folder / path
        if digest_plain(there) != stood or (stood is None and os.path.lexists(there)):
            raise _changed(path)

    def _keep_copy(self, origin: Origin, here: Folder) -> str:
        """A whole copy of the files, on the disk for good before anything is touched."""
        kept = self.folder / hidden.OWN / "kept"
        name = f"release-{origin.release}-{self._stamp}"
        unfinished = kept / f".{name}.{secrets.token_hex(4)}"
        with _saying(kept):
            unfinished.mkdir(parents=True)
            try:
                for path in here.files:
                    # What was saved a moment ago may be in it already; then the check before the write stops all.
                    copy_plain(self.folder / path, unfinished / path)
                for folder, _, _ in os.walk(unfinished):
                    _settle(Path(folder))
                number, free = 2, name
                while os.path.lexists(kept / free):
                    free, number = f"{name}-{number}", number + 1
                unfinished.rename(kept / free)
                _settle(kept)
            except (OSError, BadInput):
                shutil.rmtree(unfinished, ignore_errors=True)
                raise
        return f"{hidden.OWN}/kept/{free}"


@contextlib.contextmanager
def _saying(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise not_writable(path, error) from None


def _settle(folder: Path) -> None:
    # A new name is on the disk for good when its folder is. Not every system lets a folder be opened for that.
    with contextlib.suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _changed(path: str) -> Conflict:
    return Conflict(
        "changed-meanwhile",
        f"{path} was changed while it was being updated.",
        "Nothing is lost. Save and close the notebook, then run the update again.",
    )
