"""`coursekit doctor`'s eyes: looks at this place, the service and, on its machine, at what the exchange keeps.

Nothing is made, changed or sent but a question with the person's own token.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from pydantic import ValidationError

from coursekit import __version__
from coursekit.client import ExchangeClient
from coursekit.model.errors import CoursekitError
from coursekit.policy.diagnosis import Answer, Nbgrader
from coursekit.ports import Clock
from coursekit.services.diagnose import HubToken, Meant, Store
from coursekit.store.hidden import find_kept_release
from coursekit.store.keyring import KeyRing
from coursekit.store.notebookfiles import find_root
from coursekit.wire.api import API, Health, Problem
from coursekit.wiring import settings
from coursekit.wiring.clock import utc_now

_PATIENCE = 5.0
"""Seconds that the exchange and the Hub may take to answer."""
_FORMGRADER = "nbgrader.server_extensions.formgrader"
_LAB, _LABSERVER = "@coursekit/lab", "coursekit.labserver"
_LONG = 120.0
"""Seconds that a process of its own may take; the first start of a kernel compiles a lot."""


@dataclass(frozen=True)
class Here:
    """Plugs into `diagnose.Looks`."""

    folder: Path
    course: str = ""
    """The one asked about; empty leaves it to what lies here."""
    data: Path | None = None
    """The exchange's data folder, where somebody names one."""
    clock: Clock = utc_now

    def version(self) -> str:
        """coursekit's, here."""
        return __version__

    def address(self) -> tuple[str, str]:
        """The exchange's address and where it stands. Raises BadInput for a broken login file."""
        return settings.address()

    def answer(self, url: str) -> tuple[Answer, datetime, datetime | None]:
        """What answers there; and the time here and there at that moment, if it told."""
        base = url.rstrip("/") + API
        try:
            with httpx.Client(timeout=_PATIENCE, trust_env=False) as line:
                health = line.get(f"{base}/health")
                here = self.clock()
                ready = line.get(f"{base}/ready") if health.is_success else health
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Answer(url, silence=_why(error)), self.clock(), None
        return _answer(url, health, ready), here, _date(health)

    def courses(self) -> Mapping[str, str]:
        """The courses one is in, id → role. Raises Unauthenticated `no-token`, or what the exchange says."""
        connection = settings.connection()
        with ExchangeClient(connection.url, connection.token, timeout=_PATIENCE) as exchange:
            return {row.course: row.role for row in exchange.courses()}

    def hub(self) -> HubToken | None:
        """What the Hub says of this server's token; none outside a Hub."""
        api_url, token = os.environ.get("JUPYTERHUB_API_URL"), os.environ.get("JUPYTERHUB_API_TOKEN")
        if not api_url or not token or os.environ.get("COURSEKIT_TOKEN"):
            return None
        name = _service_name(settings.address()[0])
        unknown = HubToken(api_url, name, frozenset())
        try:
            with httpx.Client(timeout=_PATIENCE, trust_env=False) as line:
                answer = line.get(f"{api_url.rstrip('/')}/user", headers={"Authorization": f"Bearer {token}"})
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return replace(unknown, silence=_why(error))
        if answer.status_code in (401, 403):
            return replace(unknown, silence="it does not know this server's token any more")
        try:
            return HubToken(api_url, name, frozenset(str(scope) for scope in answer.json()["scopes"]))
        except (ValueError, KeyError, TypeError):
            return replace(
                unknown, silence=f"it answered with status {answer.status_code} and nothing readable"
            )

    def meant(self) -> Meant:
        """The course that the work here belongs to, and whether that is staff's."""
        try:
            root = find_root(self.folder)
            return Meant(
                self.course or _course_id(root),
                "--course" if self.course else "modules/course.yml",
                "this folder holds the course's sources",
            )
        except CoursekitError:
            pass
        if self.course:
            return Meant(self.course, "--course")
        try:
            kept = find_kept_release(self.folder)
        except CoursekitError:
            kept = None
        return Meant(kept.course, f"the module in {self.folder.name}") if kept is not None else Meant()

    def work_folders(self) -> list[tuple[str, str, str]]:
        """What each is, its path, and why it cannot be written (empty when it can)."""
        login = settings.login_file().parent
        return [
            ("This folder", str(self.folder), _unwritable(self.folder)),
            ("The login's folder", str(login), _unwritable(login)),
        ]

    def kernel(self) -> str:
        """Why a notebook cannot import the forms; empty when it can."""
        from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

        try:
            argv: list[str] = KernelSpecManager().get_kernel_spec("python3").argv
        except NoSuchKernel:
            return "there is no kernel called python3"
        # A bare name means the interpreter that Jupyter itself runs in; so jupyter_client starts it.
        python = sys.executable if argv[0] in ("python", "python3") else argv[0]
        ran = self._run([python, "-c", "import coursekit.prompts"])
        if ran is None:
            return f"{python} does not start"
        if ran.returncode == 0:
            return ""
        last = (ran.stderr.strip().splitlines() or ["it ended without a word"])[-1]
        return f"{python} says {last}"

    def lab(self) -> tuple[str, bool]:
        """The version of JupyterLab's extension, empty without one; whether its server's side is switched on."""
        from jupyter_core.paths import jupyter_path

        for place in jupyter_path("labextensions"):
            try:
                package = json.loads((Path(place) / _LAB / "package.json").read_bytes())
                return str(package["version"]), bool(_switches().get(_LABSERVER))
            except (OSError, ValueError, KeyError, TypeError):
                continue
        return "", False

    def nbgrader(self) -> Nbgrader | None:
        """Its configuration here; none where nbgrader is not installed."""
        from importlib.util import find_spec

        from jupyter_core.paths import jupyter_config_path

        if find_spec("nbgrader") is None:
            return None
        places = [self.folder, *(Path(place) for place in jupyter_config_path())]
        # To load nbgrader takes seconds; where there is no file, what it would say is known.
        if not any(
            (place / f"nbgrader_config{end}").exists() for place in places for end in (".py", ".json")
        ):
            return Nbgrader()
        ran = self._run([sys.executable, "-m", "coursekit.wiring.nbgrader_look"])
        try:
            seen: dict[str, Any] = json.loads(ran.stdout if ran is not None else "")
        except ValueError:
            return Nbgrader(problem="loading it ended the process that tried")
        return Nbgrader(seen["problem"], tuple(seen["files"]), seen["course"], seen["verbs"])

    def alembic(self) -> bool:
        """Whether nbgrader would find the command."""
        return shutil.which("alembic") is not None

    def sandbox(self) -> list[str]:
        """What is missing for running learners' code safely."""
        from coursekit.engine import sandbox

        return sandbox.missing()

    def formgrader(self) -> bool:
        """Whether formgrader's page is switched on here."""
        return bool(_switches().get(_FORMGRADER)) and not _is_off_by_argument(_FORMGRADER)

    def store(self) -> Store | None:
        """What the exchange keeps; none on any other machine."""
        named = self.data or os.environ.get("COURSEKIT_DATA") or os.environ.get("COURSEKIT_DATABASE")
        if not named and not (settings.data_folder() / "ledger.sqlite").exists():
            return None
        return _store(settings.storage(self.data))

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str] | None:
        try:
            return subprocess.run(
                command, cwd=self.folder, capture_output=True, text=True, check=False, timeout=_LONG
            )
        except (OSError, subprocess.TimeoutExpired):
            return None


def _switches() -> dict[str, Any]:
    """Which extensions a Jupyter server that starts here loads."""
    from jupyter_core.paths import jupyter_config_path
    from jupyter_server.config_manager import BaseJSONConfigManager, recursive_update

    manager: Any = BaseJSONConfigManager
    found: dict[str, Any] = {}
    # As the server reads them: what comes first on the path has the last word.
    for place in reversed(jupyter_config_path()):
        recursive_update(found, manager(config_dir=place).get("jupyter_server_config"))
    return dict(found.get("ServerApp", {}).get("jpserver_extensions", {}))


def _is_off_by_argument(extension: str) -> bool:
    """Whether a Jupyter server of one's own was started without an extension, as a Hub's configuration does it."""
    from jupyter_core.paths import jupyter_runtime_dir

    for record in Path(jupyter_runtime_dir()).glob("jpserver-*.json"):
        try:
            pid = int(json.loads(record.read_bytes())["pid"])
            started = Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
        # The record of a server that is gone; or a system that has no such place.
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if re.search(rf"jpserver_extensions=.*{re.escape(extension)}['\"]: *False", started):
            return True
    return False


def _answer(url: str, health: httpx.Response, ready: httpx.Response) -> Answer:
    try:
        version = Health.model_validate_json(health.content).version if health.is_success else ""
    except ValidationError:
        version = ""
    unready = ""
    if version and ready.status_code >= 500:
        try:
            unready = Problem.model_validate_json(ready.content).code
        except ValidationError:
            unready = f"status {ready.status_code}"
    return Answer(url, status=health.status_code, version=version, unready=unready)


def _date(answer: httpx.Response) -> datetime | None:
    try:
        return parsedate_to_datetime(answer.headers["Date"]).astimezone(UTC)
    except (KeyError, ValueError):
        return None


def _why(error: Exception) -> str:
    if isinstance(error, httpx.TimeoutException):
        return f"no answer within {_PATIENCE:.0f} seconds"
    said = str(error)
    for mark, plain in (
        ("refused", "the connection was refused"),
        ("not known", "no computer of that name is known"),
        ("No address", "no computer of that name is known"),
        ("CERTIFICATE", "its certificate is not trusted here"),
        ("unreachable", "there is no way to it from here"),
    ):
        if mark in said:
            return plain
    return said.rstrip(".") or "the connection broke"


def _service_name(url: str) -> str:
    """The exchange's name at the Hub: the last part of …/services/NAME."""
    _, mark, name = urlsplit(url).path.rstrip("/").rpartition("/services/")
    return name if mark and name and "/" not in name else "coursekit"


def _course_id(root: Path) -> str:
    """What course.yml calls the course; empty when it does not say. What else is wrong with it, `check` says."""
    import yaml

    try:
        found = yaml.safe_load((root / "modules" / "course.yml").read_bytes())
        return str(found["id"])
    except (OSError, yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError):
        return ""


def _unwritable(folder: Path) -> str:
    """Why a folder cannot be written; empty when it can, or when it can be made."""
    while not folder.exists() and not folder.is_symlink() and folder != folder.parent:
        folder = folder.parent
    if not folder.is_dir():
        return f"{folder} is no folder"
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".coursekit-doctor-") as aside:
            aside.write(b"?")
            aside.flush()
    except OSError as error:
        return (error.strerror or str(error)).lower()
    return ""


def _store(kept: settings.Storage) -> Store:
    folders = [("data", "The data folder", str(kept.data), _unwritable(kept.data))]
    if kept.blobs == "folder":
        folders.append(("blobs", "The folder of handed-in files", *_place(kept.data / "blobs")))
    at = kept.data.absolute()
    while not at.is_dir() and at != at.parent:
        at = at.parent
    database = _database(kept)
    keys = _keys(kept.keys)
    return replace(
        database, folders=tuple(folders), room=(str(kept.data), shutil.disk_usage(at).free), **keys
    )


def _place(folder: Path) -> tuple[str, str]:
    return str(folder), _unwritable(folder)


def _keys(folder: Path) -> dict[str, Any]:
    """The facts on keys; none of them while there are no keys. Making some is the service's business."""
    ring, old = folder / "receipts", folder / "receipts.ed25519"
    if not folder.is_dir() or not (ring.exists() or old.exists()):
        return {}
    private = sorted([*folder.glob("*.ed25519"), *ring.glob("*.private")])
    facts: dict[str, Any] = {
        "keys": str(folder),
        "keys_open": tuple(
            str(path.relative_to(folder)) for path in private if stat.S_IMODE(path.stat().st_mode) & 0o077
        ),
    }
    if any(ring.glob("*.public.json")):
        try:
            facts["published"] = len(KeyRing(ring).published())
        except CoursekitError as error:
            facts |= {"signing_problem": error.detail, "signing_fix": error.next_step}
    return facts


def _database(kept: settings.Storage) -> Store:
    # Imported here: learners' machines need no database.
    from sqlalchemy import create_engine, make_url
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.pool import NullPool

    from coursekit.store import migrate

    if kept.database is None:
        path = kept.data / "ledger.sqlite"
        found = Store((), ("", 0), database=f"SQLite in {path}", schema_wanted=migrate.head())
        if not path.exists():
            return found
        # Looked at as it is: opening it otherwise would make a database out of nothing.
        url = f"sqlite:///file:{path.absolute()}?mode=ro&uri=true"
        engine = create_engine(url, poolclass=NullPool)
    else:
        address = make_url(kept.database)
        where = f"PostgreSQL “{address.database}” on {address.host or 'this machine'}"
        found = Store((), ("", 0), database=where, schema_wanted=migrate.head())
        try:
            engine = create_engine(
                address.set(drivername="postgresql+psycopg"),
                poolclass=NullPool,
                connect_args={"connect_timeout": int(_PATIENCE)},
            )
        except ImportError:
            return replace(found, database_problem="the package psycopg is not installed")
    try:
        return replace(found, schema=migrate.current(engine))
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", None) or error).strip().splitlines()
        return replace(found, database_problem=(said or ["it does not say why"])[0].rstrip("."))
    finally:
        engine.dispose()
