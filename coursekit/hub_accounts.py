"""What runs inside the JupyterHub of `coursekit up`: who may sign in, and what their server is like.

the login page ── name, password ──▶ Accounts ── accounts.json (hashes), read at each sign-in
a server starts ────────────────────▶ before_spawn: staff work in the course's folder, learners in their home
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyterhub.auth import Authenticator
from tornado.web import HTTPError
from traitlets import Unicode

from coursekit.policy.passwords import FORGOTTEN, FROM_EVERYWHERE, FROM_ONE_PLACE, is_right, seconds_to_wait
from coursekit.policy.up import FOR_LEARNERS
from coursekit.wiring.up_accounts import read_accounts

_AT_ONCE = 2
"""Passwords that are checked at the same time: each takes a processor for a moment, and 16 MB."""
_MOST = 5_000
"""Names and places that are remembered; whoever tries a million names must not fill the memory."""


class Accounts(Authenticator):
    """Lets in whoever stands in the file, with their password, and nobody else."""

    file = Unicode(help="accounts.json, as `coursekit up` writes it.").tag(config=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._wrong: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
        self._gate = asyncio.Semaphore(_AT_ONCE)

    def check_allow_config(self) -> None:
        """The file is what allows."""

    def check_allowed(self, username: str, authentication: Any = None) -> bool:
        """Whether the account is there still."""
        return username in read_accounts(Path(self.file))

    async def authenticate(self, handler: Any, data: dict[str, str]) -> str | None:
        """The account's name if the password is right. Whoever guesses has to wait, longer each time."""
        name = str(data.get("username", "")).strip().lower()
        # By place as well, so that not just anybody makes a neighbour wait; but a place can be made up.
        here, anywhere = (name[:200], str(handler.request.remote_ip)), (name[:200], "")
        started = time.monotonic()
        self._forget(started)
        wait = max(
            seconds_to_wait(self._wrong[here], started, FROM_ONE_PLACE),
            seconds_to_wait(self._wrong[anywhere], started, FROM_EVERYWHERE),
        )
        if wait > 0:
            raise HTTPError(
                429, f"That was wrong several times. Wait {int(wait) + 1} seconds, then try again."
            )
        # Counted before it is checked: many tries at the same moment are many tries.
        for key in (here, anywhere):
            self._wrong[key].append(started)
        account = read_accounts(Path(self.file)).get(name)
        async with self._gate:
            right = await asyncio.to_thread(
                is_right, str(data.get("password", "")), account.password if account else None
            )
        if not right or account is None:
            return None
        for key in (here, anywhere):
            self._wrong.pop(key, None)
        return account.user

    def _forget(self, now: float) -> None:
        for key, moments in list(self._wrong.items()):
            if not moments or now - moments[-1] > FORGOTTEN:
                del self._wrong[key]
        while len(self._wrong) > _MOST:
            del self._wrong[next(iter(self._wrong))]


def before_spawn(data: Path) -> Callable[[Any], None]:
    """What is decided about a server before it starts, by the account's role now."""

    def prepare(spawner: Any) -> None:
        account = read_accounts(data / "accounts.json")[spawner.user.name]
        home = data / "homes" / account.user
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        spawner.notebook_dir = str(data / "course" if account.is_staff else home)
        kind = "staff" if account.is_staff else "learner"
        spawner.environment = {**spawner.environment, "JUPYTER_CONFIG_PATH": str(data / "etc" / kind)}
        others = [arg for arg in spawner.args if arg not in FOR_LEARNERS]
        spawner.args = others if account.is_staff else [*others, *FOR_LEARNERS]

    return prepare
