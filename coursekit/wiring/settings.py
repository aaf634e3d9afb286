"""What the environment and the login file say.

COURSEKIT_URL    the exchange's address            else the login file's, else this computer's own
COURSEKIT_TOKEN  who I am                           else the JupyterHub server's own, else the login file's
COURSEKIT_DATA   where the exchange keeps its data  else exchange/data
COURSEKIT_KEYS   where it keeps its private keys     else keys/ in its data

COURSEKIT_DATABASE   postgresql://user:password@host/name   else SQLite in its data
COURSEKIT_BLOBS      folder, database, s3://bucket/prefix   else blobs/ in its data; S3 reads the AWS_… variables

COURSEKIT_MODELS        where added text models are kept    else coursekit/models in the person's own data
COURSEKIT_ENDPOINT_KEY  the key of the language model that a course has consented to
"""

from __future__ import annotations

import json
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

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
    named, token = os.environ.get("COURSEKIT_URL"), os.environ.get("COURSEKIT_TOKEN")
    if named and not token:
        # A server of a JupyterHub. Its token goes to the address that the Hub's configuration names, and to no
        # other: not to one that somebody once logged in to, and not to whatever listens on this computer.
        token = os.environ.get("JUPYTERHUB_API_TOKEN")
    kept = {} if named and token else _kept()
    url = named or kept.get("url") or DEFAULT_URL
    if not token and kept.get("url", "").rstrip("/") == url.rstrip("/"):
        token = kept["token"]
    if not token:
        raise Unauthenticated(
            "no-token",
            f"You are not signed in to the exchange at {url}.",
            "Run `coursekit login URL`, or set COURSEKIT_URL and COURSEKIT_TOKEN.",
        )
    return Connection(url, token)


def address() -> tuple[str, str]:
    """The exchange's address, and where it stands. Raises BadInput for a broken login file."""
    named = os.environ.get("COURSEKIT_URL")
    if named:
        return named, "COURSEKIT_URL"
    kept = _kept().get("url")
    return (kept, str(login_file())) if kept else (DEFAULT_URL, "coursekit's default")


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


def models_folder() -> Path:
    """Where added text models are kept."""
    named = os.environ.get("COURSEKIT_MODELS")
    if named:
        return Path(named)
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "coursekit" / "models"


def endpoint_key() -> str:
    """The key of the language model that a course has consented to; empty when it wants none."""
    return os.environ.get("COURSEKIT_ENDPOINT_KEY", "")


@dataclass(frozen=True)
class Storage:
    """Where an exchange keeps what it keeps."""

    data: Path
    database: str | None
    """A postgresql:// URL; none means SQLite in the data folder."""
    blobs: str
    """`folder` (in the data folder), `database`, or `s3://bucket/prefix`."""
    keys: Path


def storage(data: Path | None = None) -> Storage:
    """What the environment says; `data` outweighs its data folder. Raises BadInput."""
    folder = data or data_folder()
    keys = Path(os.environ.get("COURSEKIT_KEYS") or folder / "keys")
    database = os.environ.get("COURSEKIT_DATABASE") or None
    if database is not None:
        # Heroku and others still write the short name, which the driver's own library understands as well.
        database = re.sub(r"^(postgres|postgresql\+psycopg)://", "postgresql://", database)
        if not database.startswith("postgresql://"):
            # The address itself is not shown: it may hold a password.
            raise BadInput(
                "bad-settings",
                "COURSEKIT_DATABASE is not the address of a PostgreSQL database.",
                "Write it as postgresql://user:password@host/name, or leave it out for SQLite.",
            )
    blobs = os.environ.get("COURSEKIT_BLOBS") or "folder"
    if blobs not in ("folder", "database") and not blobs.startswith("s3://"):
        raise BadInput(
            "bad-settings",
            f"COURSEKIT_BLOBS is “{blobs}”, which is no place for files.",
            "Write folder, database, or s3://bucket/prefix.",
        )
    return Storage(folder, database, blobs, keys)


def choose_data(folder: Path) -> None:
    """Make that the data folder of this process."""
    os.environ["COURSEKIT_DATA"] = str(folder)


@dataclass(frozen=True)
class Hub:
    """The JupyterHub that says who people are."""

    api_url: str
    """Such as http://127.0.0.1:8081/hub/api."""
    service: str
    """The exchange's name at the Hub."""
    prefix: str
    """Where the Hub's proxy shows the exchange, such as /services/coursekit."""
    listen: tuple[str, int] | None
    """Host and port that the Hub expects the exchange at; none where it did not start it."""


def hub() -> Hub | None:
    """The Hub that started this process as its service, or that the settings name; none without a Hub.

    COURSEKIT_HUB_API_URL   the Hub's API, where the Hub did not start the exchange
    COURSEKIT_HUB_SERVICE   the exchange's name at the Hub; coursekit when left out
    COURSEKIT_HUB_PREFIX    where the Hub's proxy shows it; /services/NAME when left out

    Raises BadInput for an address that is none.
    """
    given = os.environ.get
    # A learner's own server has an address and a token of the Hub as well, but no service's name: whoever tries
    # `coursekit serve` in there runs an exchange of their own.
    started = given("JUPYTERHUB_SERVICE_NAME") if given("JUPYTERHUB_API_URL") else None
    api_url = given("COURSEKIT_HUB_API_URL") or (given("JUPYTERHUB_API_URL") if started else None)
    if not api_url:
        return None
    _address(api_url, "The JupyterHub's API address", "Write it like http://127.0.0.1:8081/hub/api.")
    service = given("COURSEKIT_HUB_SERVICE") or started or "coursekit"
    prefix = given("COURSEKIT_HUB_PREFIX") or (given("JUPYTERHUB_SERVICE_PREFIX") if started else None)
    listen = given("JUPYTERHUB_SERVICE_URL") if started else None
    if listen and listen.startswith("https:"):
        raise BadInput(
            "internal-ssl",
            "The JupyterHub expects the exchange to speak TLS itself, and it does not.",
            "Let its url in jupyterhub_config.py begin with http://, or start it yourself behind a TLS proxy.",
        )
    return Hub(
        api_url.rstrip("/"),
        service,
        "/" + (prefix or f"services/{service}").strip("/"),
        _address(listen, "The service's url in jupyterhub_config.py", "Write it like http://127.0.0.1:8720.")
        if listen
        else None,
    )


def choose_hub(api_url: str | None, service: str | None) -> None:
    """Make that the Hub of this process; what is none stays as the environment says."""
    for name, value in (("COURSEKIT_HUB_API_URL", api_url), ("COURSEKIT_HUB_SERVICE", service)):
        if value:
            os.environ[name] = value


def _address(url: str, what: str, next_step: str) -> tuple[str, int]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if parts.scheme not in ("http", "https") or not host:
        raise BadInput("bad-settings", f"{what} is “{url}”, which is no address.", next_step)
    return host, port or (443 if parts.scheme == "https" else 80)


def tool_environment(**more: str) -> dict[str, str]:
    """This process's environment for a command of the same installation, with `more` on top.

    nbgrader calls `alembic` by its bare name, found only when the installation's folder is on the path.
    """
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    return {**os.environ, "PATH": path, **more}


def numerical_environment() -> dict[str, str]:
    """What tells numpy's library which processor this is: on some, it is wrong without."""
    return {name: value for name, value in os.environ.items() if name.startswith("OPENBLAS_")}


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
