"""A whole exchange in one file, whatever it runs on; `store/restore.py` is the way back.

    coursekit-backup.json     what this is: format, moment, version of the tables
    tables/<name>/<n>.jsonl   rows, a JSON object a line
    blobs/<digest>            every file that a row refers to
    keys/…                    the exchange's keys; private ones are left out on request
    manifest.json             counts and digests of all this; without it the file is not whole

Written from one consistent look, while the service goes on. Bytes are kept before any row refers to them and never
taken away, so all that the look needs is there.
"""

from __future__ import annotations

import io
import itertools
import json
import os
import secrets
import tarfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, DateTime, Engine, MetaData, Table, func, inspect, select
from sqlalchemy.types import TypeEngine

from coursekit.model.errors import BadInput, Conflict, ServiceFault
from coursekit.model.ids import Digest
from coursekit.model.submission import canonical, sha256, stamp
from coursekit.ports import Blobs
from coursekit.store import migrate
from coursekit.store import tables as t
from coursekit.store.blobs import sync_names

FORMAT = 1
HEAD, MANIFEST = "coursekit-backup.json", "manifest.json"
_PART = 4 * 1024 * 1024
"""Bytes of rows in one part, about; so that no table must fit into memory."""
STREAMED: dict[str, Any] = {"yield_per": 1000}
"""Rows come as they are read: a table need not fit into memory either."""
PUBLIC = ".public.json"
"""How the names of public keys end; they are no secret."""
_KEPT_ELSEWHERE = "blobs"
"""The one table that is not written as rows: its bytes are among the blobs, wherever they are kept."""

Report = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True)
class Summary:
    """What an archive holds."""

    made_at: datetime
    """Every deed that was committed before this moment is in it."""
    schema: str
    rows: Mapping[str, int]
    blobs: int
    damaged: tuple[Digest, ...]
    """Files that were gone or damaged already when the backup was made."""
    has_private_keys: bool


# ------------------------------------------------------------------------------------------------ writing


def write_archive(
    file: Path,
    engine: Engine,
    blobs: Blobs,
    keys: Path,
    public_keys: Mapping[str, str],
    now: datetime,
    with_private_keys: bool = True,
    report: Report = lambda *_: None,
) -> Summary:
    """Write all of an exchange into `file`, which appears whole, readable by its owner alone, or not at all.

    `public_keys`: id → public key in base64, of all that ever signed. Raises Conflict when `file` is there,
    BadInput when there is no exchange, ServiceFault when the tables are newer than this coursekit.
    """
    if file.exists():
        raise Conflict(
            "file-exists", f"{file} is there already.", "Name another file, or move that one away."
        )
    aside = file.with_name(f".{file.name}.{secrets.token_hex(4)}.new")
    try:
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as stream:
            writer = _Writer(stream)
            summary = _write(writer, engine, blobs, keys, public_keys, now, with_private_keys, report)
            stream.flush()
            os.fsync(stream.fileno())
        # A link, not a rename: a file that has come to that name meanwhile stays.
        file.hardlink_to(aside)
        sync_names(file.parent)
    except FileExistsError as error:
        raise Conflict("file-exists", f"{file} is there already.", "Name another file.") from error
    except OSError as error:
        raise ServiceFault(
            "cannot-write-backup",
            f"The backup could not be written to {file}: {error.strerror}.",
            "Choose a folder that is there, with room, and try again.",
        ) from error
    finally:
        aside.unlink(missing_ok=True)
    return summary


def _write(
    writer: _Writer,
    engine: Engine,
    blobs: Blobs,
    keys: Path,
    public_keys: Mapping[str, str],
    now: datetime,
    with_private_keys: bool,
    report: Report,
) -> Summary:
    counts: dict[str, int] = {}
    with _look(engine) as connection:
        schema = migrate.current_of(connection)
        if schema is None:
            raise BadInput(
                "no-exchange-here",
                "There is no exchange in this database.",
                "Give COURSEKIT_DATA or COURSEKIT_DATABASE as the service has them.",
            )
        migrate.check_not_ahead(schema)
        head = {"format": FORMAT, "made_at": stamp(now), "schema": schema, "engine": engine.dialect.name}
        writer.add(HEAD, canonical(head))
        needed: set[Digest] = set()
        for table in tables_there(connection):
            counts[table.name] = _write_rows(writer, connection, table, needed, report)
    damaged: list[Digest] = []
    for done, digest in enumerate(sorted(needed), start=1):
        try:
            writer.add(f"blobs/{digest}", blobs.get(digest), is_listed=False)
        except ServiceFault as error:
            if error.code != "blob-damaged":
                raise
            # One rotten file must not keep everybody's work from being backed up.
            damaged.append(digest)
        report("files", done, len(needed))
    for path in key_files(keys):
        name = path.relative_to(keys).as_posix()
        if with_private_keys or name.endswith(PUBLIC):
            writer.add(f"keys/{name}", path.read_bytes())
    manifest = {
        **head,
        "rows": counts,
        "blobs": len(needed) - len(damaged),
        "damaged": damaged,
        "public_keys": dict(public_keys),
        "has_private_keys": with_private_keys,
        "members": writer.listed,
    }
    writer.add(MANIFEST, canonical({**manifest, "digest": sha256(canonical(manifest))}))
    writer.close()
    return summary_of(manifest)


class _Writer:
    """A tar file that remembers the digests of what it was given."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._tar = tarfile.open(fileobj=stream, mode="w", format=tarfile.USTAR_FORMAT)  # noqa: SIM115
        self.listed: dict[str, Digest] = {}

    def add(self, name: str, content: bytes, is_listed: bool = True) -> None:
        """One member. A blob need not be listed: it is named by its digest."""
        info = tarfile.TarInfo(name)
        info.size = len(content)
        info.mode = 0o600
        self._tar.addfile(info, io.BytesIO(content))
        if is_listed:
            self.listed[name] = sha256(content)

    def close(self) -> None:
        """Write tar's own end."""
        self._tar.close()


@contextmanager
def _look(engine: Engine) -> Iterator[Connection]:
    """All statements within see the database as it was at the first of them."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")
        else:
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        try:
            yield connection
        finally:
            connection.rollback()


def tables_there(connection: Connection) -> list[Table]:
    """The exchange's tables as they are there, which need not be today's."""
    found = set(inspect(connection).get_table_names())
    seen = MetaData()
    ours = [table.name for table in t.metadata.sorted_tables if table.name != _KEPT_ELSEWHERE]
    return [Table(name, seen, autoload_with=connection) for name in ours if name in found]


def _write_rows(
    writer: _Writer, connection: Connection, table: Table, needed: set[Digest], report: Report
) -> int:
    total = connection.scalar(select(func.count()).select_from(table)) or 0
    query = select(table).order_by(*table.primary_key.columns)
    rows = connection.execute(query, execution_options=STREAMED).mappings()
    lines: list[bytes] = []
    done, size, parts = 0, 0, itertools.count(1)

    def flush() -> None:
        writer.add(f"tables/{table.name}/{next(parts):06}.jsonl", b"".join(lines))
        lines.clear()

    for row in rows:
        needed.update(blobs_of(table.name, dict(row)))
        line = canonical({c.name: _to_json(c.type, row[c.name]) for c in table.columns}) + b"\n"
        lines.append(line)
        done, size = done + 1, size + len(line)
        if size >= _PART:
            flush()
            size = 0
            report(table.name, done, total)
    if lines:
        flush()
    report(table.name, done, total)
    return done


def blobs_of(table: str, row: Mapping[str, Any]) -> Iterator[Digest]:
    """The blobs that a row refers to."""
    if table not in ("releases", "submissions", "feedback"):
        return
    value = json.loads(row["definition"])
    yield from (file["digest"] for file in value["files"])
    if value.get("checks"):
        yield value["checks"]
    for reveal in value.get("reveals", ()):
        yield reveal["cells"]
        yield from (file["digest"] for file in reveal["files"])


def _to_json(kind: TypeEngine[Any], value: Any) -> Any:
    if isinstance(kind, DateTime) and value is not None:
        # SQLite keeps no zone; what stands there is in UTC.
        return stamp(value.replace(tzinfo=UTC) if value.tzinfo is None else value)
    return value


def key_files(keys: Path) -> list[Path]:
    """The files in an exchange's folder of keys; no hidden ones."""
    return sorted(
        path
        for path in keys.rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(keys).parts)
    )


def summary_of(manifest: Mapping[str, Any]) -> Summary:
    """What a manifest says of its archive."""
    return Summary(
        datetime.fromisoformat(manifest["made_at"]),
        manifest["schema"],
        manifest["rows"],
        manifest["blobs"],
        tuple(manifest["damaged"]),
        manifest["has_private_keys"],
    )
