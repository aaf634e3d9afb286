"""What the environment and the login file say.

COURSEKIT_URL    the exchange's address            else the login file's, else this computer's own
COURSEKIT_TOKEN  who I am, signed by the exchange   else the login file's
COURSEKIT_DATA   where the exchange keeps its data  else exchange/data
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from coursekit.model.errors import BadInput, Unauthenticated

DEFAULT_URL = "http://127.0.0.1:8720"


@dataclass(frozen=True)
class Connection:
    """Where the exchange is, and who I am there."""

    url: str
    token: str


def login_file() -> Path:
    """Where `coursekit login` keeps the address and the token."""
    base = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(base) / "coursekit" / "login.json"


def connection() -> Connection:
    """The exchange to talk to. Raises Unauthenticated when there is no token, BadInput for a broken file."""
    kept = _kept()
    url = os.environ.get("COURSEKIT_URL") or kept.get("url") or DEFAULT_URL
    token = os.environ.get("COURSEKIT_TOKEN") or kept.get("token")
    if not token:
        raise Unauthenticated(
            "no-token",
            "You are not signed in to an exchange.",
            "Run `coursekit login URL`, or set COURSEKIT_URL and COURSEKIT_TOKEN.",
        )
    return Connection(url, token)


def keep_login(url: str, token: str) -> Path:
    """Write the login file, readable by its owner alone."""
    path = login_file()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(path.name + ".new")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump({"url": url, "token": token}, file)
    temporary.replace(path)
    return path


def data_folder() -> Path:
    """Where the exchange keeps its data."""
    return Path(os.environ.get("COURSEKIT_DATA") or "exchange/data")


def choose_data(folder: Path) -> None:
    """Make that the data folder of this process."""
    os.environ["COURSEKIT_DATA"] = str(folder)


def tool_environment(**more: str) -> dict[str, str]:
    """This process's environment for a command of the same installation, with `more` on top.

    nbgrader calls `alembic` by its bare name, found only when the installation's folder is on the path.
    """
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    return {**os.environ, "PATH": path, **more}


def is_grading() -> bool:
    """Whether nbgrader runs this kernel to grade: nobody is there to press anything."""
    return os.environ.get("NBGRADER_EXECUTION") == "autograde"


def _kept() -> dict[str, str]:
    path = login_file()
    try:
        value = json.loads(path.read_text())
        return {key: str(value[key]) for key in ("url", "token")}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(
            "broken-login", f"{path} cannot be read.", "Run `coursekit login URL` to write it anew."
        ) from error
