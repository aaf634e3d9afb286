"""A grader's own Jupyter server, and an exchange that says who one is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from coursekit.model.course import Course
from coursekit.model.ids import CourseId, UserId
from coursekit.services import deliver, enrol
from coursekit.wire.api import MemberShape
from coursekit.wiring.exchange import OPERATOR, open_embedded
from support.labserver import Lab, environment, running_exchange


@dataclass
class Grader:
    """Asks for the review of one course, as a panel does."""

    lab: Lab
    course: str

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        """One call below coursekit/api/review/<course>/."""
        return self.lab.ask(method, f"review/{self.course}/{path}", body, **more)

    def get(self, path: str) -> Any:
        """What it answers, which must be well."""
        return self.lab.get(f"review/{self.course}/{path}")

    def no(self, method: str, path: str, body: Any = None) -> tuple[int, str]:
        """Status and code of a refusal."""
        return self.lab.no(method, f"review/{self.course}/{path}", body)


@contextmanager
def running_graders(
    tmp: Path, folder: Path, course: str, people: Mapping[str, str], extension: Path | None = None
) -> Iterator[dict[str, Grader]]:
    """A server for each of these people (name → role), all of whom have the course's folder at hand.

    `extension`: the lab's, as it was built; then they are whole labs, for browsers.
    """
    embedded = open_embedded(tmp / "exchange")
    try:
        deliver.put_course(embedded.exchange, OPERATOR, Course(CourseId(course), "Kit", "UTC", ()))
        members = [MemberShape.model_validate({"user": n, "role": r}) for n, r in people.items()]
        enrol.put_members(embedded.exchange, OPERATOR, CourseId(course), members)
        tokens = {name: embedded.issue_token(UserId(name), timedelta(hours=1)) for name in people}
    finally:
        embedded.ledger.close()
    labs: dict[str, Lab] = {}
    with running_exchange(tmp / "exchange") as url:
        try:
            for name, token in tokens.items():
                home = tmp / name
                more = {"COURSEKIT_URL": url, "COURSEKIT_TOKEN": token}
                options = [f"--LabServer.course_folder={folder}"]
                if extension is not None:
                    there = home / "share" / "labextensions" / "@coursekit"
                    there.mkdir(parents=True)
                    (there / "lab").symlink_to(extension)
                    more |= {"JUPYTER_PATH": str(home / "share"), "JUPYTER_CONFIG_DIR": str(home / "config")}
                    news = home / "config/lab/user-settings/@jupyterlab/apputils-extension"
                    news.mkdir(parents=True)
                    # Or it asks whether one wants any, over the buttons that are to be pressed.
                    (news / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}')
                at = environment(home, **more)
                labs[name] = Lab(home, at, tuple(options), bare=extension is None).begin()
            yield {name: Grader(lab.started(), course) for name, lab in labs.items()}
        finally:
            for lab in labs.values():
                lab.stop()
