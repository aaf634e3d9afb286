"""The course of a `coursekit up`: the folder that its staff share, and its modules released as an author would.

What is there is not done again: a module that was released once is its author's affair.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from coursekit.client import ExchangeClient
from coursekit.model.errors import BadInput, NotFound
from coursekit.model.ids import CourseId, UserId
from coursekit.model.people import Member, Role, Source
from coursekit.policy.roster import Row, plan
from coursekit.policy.up import nbgrader_settings
from coursekit.services import enrol
from coursekit.wire.api import MemberShape
from coursekit.wiring.exchange import OPERATOR, open_embedded
from coursekit.wiring.settings import tool_environment

_LEFT_OUT = (".coursekit", "exhibits", "prompts.json", ".ipynb_checkpoints", "__pycache__")
"""What a build makes anew."""


def bring_course(source: Path, folder: Path, course: str) -> bool:
    """Copy the author's course to where its staff work; whether it was brought now. Raises BadInput.

    A copy, so that grading leaves nothing in the author's checkout.
    """
    if (folder / "modules").is_dir():
        _same_course(folder, course)
        return False
    temporary = folder.with_name(folder.name + ".new")
    shutil.rmtree(temporary, ignore_errors=True)
    shutil.copytree(source / "modules", temporary / "modules", ignore=shutil.ignore_patterns(*_LEFT_OUT))
    for name in ("cases", "training"):
        if (source / name).is_dir():
            shutil.copytree(source / name, temporary / name, ignore=shutil.ignore_patterns("__pycache__"))
    (temporary / "nbgrader_config.py").write_text(nbgrader_settings(course, None), encoding="utf-8")
    temporary.replace(folder)
    return True


def _same_course(folder: Path, course: str) -> None:
    from coursekit.wiring.author import course_id

    there = course_id(folder)
    if there != course:
        raise BadInput(
            "other-course",
            f"{folder} has the course {there}, and this one is {course}.",
            "Give the other course a folder of its own with --data.",
        )


def enrol_all(data: Path, course: str, people: Sequence[Row], author: str) -> str:
    """Put them on the exchange's roster; whoever is there already and did not change is left alone.

    Gives a token of the exchange's own, good for an hour, for what is done in the author's name at the start.
    """
    embedded = open_embedded(data)
    try:
        name = CourseId(course)
        there = [
            Member(name, UserId(m.user), Role(m.role), m.name, m.time_zone, Source(m.source))
            for m in enrol.list_members(embedded.exchange, name)
        ]
        changes = plan(name, people, there)
        shapes = [
            MemberShape(user=m.user, role=m.role.value, name=m.name, time_zone=m.time_zone)
            for m in changes.to_put()
        ]
        if shapes:
            enrol.put_members(embedded.exchange, OPERATOR, name, shapes)
        return embedded.issue_token(UserId(author), timedelta(hours=1))
    finally:
        embedded.ledger.close()


def unreleased(url: str, token: str, course: str, modules: Iterable[str]) -> list[str]:
    """Those modules that the exchange has no release of."""
    try:
        with ExchangeClient(url, token) as exchange:
            released = {step.module for step in exchange.path(course).steps if step.release is not None}
    except NotFound:
        released = set()
    return [module for module in modules if module not in released]


class Author:
    """The author's commands, run as an author would run them, in the course's folder."""

    def __init__(self, folder: Path, log: Path, caches: dict[str, str]) -> None:
        self._folder, self._log, self._caches = folder, log, caches

    def build(self, modules: Sequence[str], done: Callable[[], None]) -> None:
        """Build what was never built; two at a time."""

        def one(module: str) -> None:
            if not (self._folder / "modules" / module / ".coursekit" / "built.ipynb").is_file():
                self._run("coursekit", "build", module)
            done()

        with ThreadPoolExecutor(2) as builders:
            list(builders.map(one, modules))

    def release(self, modules: Sequence[str], url: str, token: str, done: Callable[[], None]) -> None:
        """Generate and release. nbgrader's gradebook takes one after the other."""
        signed_in = {"COURSEKIT_URL": url, "COURSEKIT_TOKEN": token}
        for module in modules:
            # An earlier start may have been cut off in between.
            self._run("nbgrader", "generate_assignment", module, "--force")
            done()
            self._run("nbgrader", "release_assignment", module, **signed_in)
            done()

    def _run(self, *command: str, **environment: str) -> None:
        ended = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=self._folder,
            env=tool_environment(**self._caches, **environment),
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            # Ctrl-C in the terminal is ours to answer.
            start_new_session=True,
        )
        with self._log.open("a", encoding="utf-8") as file:
            file.write(f"$ {' '.join(command)}\n{ended.stdout}{ended.stderr}\n")
        if ended.returncode != 0:
            raise BadInput(
                "command-failed",
                f"`{' '.join(command)}` failed. It said last:\n{ended.stderr.strip()[-600:]}",
                f"Read the whole of it in {self._log}. `coursekit check` may say what is wrong in the course.",
            )
