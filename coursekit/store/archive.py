"""A whole exchange in one file, whatever it runs on, and back into an empty one.

    coursekit-backup.json     what this is: format, moment, version of the tables
    tables/<name>/<n>.jsonl   rows, a JSON object a line
    blobs/<digest>            every file that a row refers to
    keys/…                    the exchange's keys; private ones are left out on request
    manifest.json             counts and digests of all this; without it the file is not whole

Written from one consistent look, while the service goes on. Bytes are kept before any row refers to them and never
taken away, so all that the look needs is there. Read twice: first to see that every byte is as it was written, then
to restore it in one transaction, committed last.
"""

from __future__ import annotations

import io
import itertools
import json
import os
import re
import secrets
import tarfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import JSON, Connection, DateTime, Engine, MetaData, Table, func, inspect, select, text
from sqlalchemy.types import TypeEngine

from coursekit.model.errors import BadInput, Conflict, ServiceFault
from coursekit.model.ids import Digest
from coursekit.model.submission import Receipt, canonical, sha256, stamp
from coursekit.ports import Blobs
from coursekit.store import migrate
from coursekit.store import tables as t
from coursekit.store.blobs import sync_names
from coursekit.store.blobs_sql import SqlBlobs
from coursekit.store.keys import is_genuine
from coursekit.wire.values import load

FORMAT = 1
_HEAD, _MANIFEST = "coursekit-backup.json", "manifest.json"
_PART = 4 * 1024 * 1024
"""Bytes of rows in one part, about; so that no table must fit into memory."""
_STREAMED: dict[str, Any] = {"yield_per": 1000}
"""Rows come as they are read: a table need not fit into memory either."""
_PUBLIC = ".public.json"
"""How the names of public keys end; they are no secret."""
_KEY_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*")
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
        writer.add(_HEAD, canonical(head))
        needed: set[Digest] = set()
        for table in _reflected(connection):
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
    for path in _key_files(keys):
        name = path.relative_to(keys).as_posix()
        if with_private_keys or name.endswith(_PUBLIC):
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
    writer.add(_MANIFEST, canonical({**manifest, "digest": sha256(canonical(manifest))}))
    writer.close()
    return _summary(manifest)


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


def _reflected(connection: Connection) -> list[Table]:
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
    rows = connection.execute(query, execution_options=_STREAMED).mappings()
    lines: list[bytes] = []
    done, size, parts = 0, 0, itertools.count(1)

    def flush() -> None:
        writer.add(f"tables/{table.name}/{next(parts):06}.jsonl", b"".join(lines))
        lines.clear()

    for row in rows:
        needed.update(_needed(table.name, dict(row)))
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


def _needed(table: str, row: Mapping[str, Any]) -> Iterator[Digest]:
    """The blobs that a row refers to."""
    if table not in ("releases", "submissions", "feedback"):
        return
    value = json.loads(row["definition"])
    yield from (file["digest"] for file in value["files"])
    for reveal in value.get("reveals", ()):
        yield reveal["cells"]
        yield from (file["digest"] for file in reveal["files"])


def _to_json(kind: TypeEngine[Any], value: Any) -> Any:
    if isinstance(kind, DateTime) and value is not None:
        # SQLite keeps no zone; what stands there is in UTC.
        return stamp(value.replace(tzinfo=UTC) if value.tzinfo is None else value)
    return value


def _from_json(kind: TypeEngine[Any], value: Any) -> Any:
    if isinstance(kind, DateTime) and value is not None:
        return datetime.fromisoformat(value)
    if isinstance(kind, JSON) and value is None:
        return JSON.NULL
    return value


def _key_files(keys: Path) -> list[Path]:
    return sorted(
        path
        for path in keys.rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(keys).parts)
    )


# ------------------------------------------------------------------------------------------------ reading


@dataclass(frozen=True)
class Archive:
    """A file that was read through once: all of it is as it was written."""

    file: Path
    summary: Summary
    public_keys: Mapping[str, str]
    keys: Mapping[str, bytes]
    """The keys' files, by their paths."""

    def rows(self) -> Iterator[tuple[str, Sequence[dict[str, Any]]]]:
        """The tables' parts: name and rows."""
        for name, content in _members(self.file, "tables/"):
            yield name.split("/")[1], [json.loads(line) for line in content.splitlines()]

    def blobs(self) -> Iterator[tuple[Digest, bytes]]:
        """The files."""
        for name, content in _members(self.file, "blobs/"):
            yield Digest(name.removeprefix("blobs/")), content


def read_archive(file: Path, report: Report = lambda *_: None) -> Archive:
    """Look at every byte of a backup. Raises BadInput when it is not one, damaged, cut short, or too new."""
    try:
        total = file.stat().st_size
    except OSError as error:
        raise BadInput(
            "no-such-backup",
            f"{file} cannot be read: {error.strerror}.",
            "Name a file that `coursekit backup` made.",
        ) from error
    seen: dict[str, Digest] = {}
    keys: dict[str, bytes] = {}
    head: dict[str, Any] | None = None
    manifest: dict[str, Any] | None = None
    rows: dict[str, int] = {}
    found: set[Digest] = set()
    needed: set[Digest] = set()
    done = 0
    for name, content in _members(file, ""):
        if manifest is not None or (head is None and name != _HEAD):
            raise _damaged(file, f"{name} is not where it belongs")
        if name == _HEAD:
            head = _json(file, name, content)
            _check_head(file, head)
        elif name == _MANIFEST:
            manifest = _json(file, name, content)
            continue
        elif name.startswith("blobs/"):
            digest = sha256(content)
            if name != f"blobs/{digest}":
                raise _damaged(file, f"{name} is not what was backed up")
            found.add(digest)
        elif name.startswith("tables/"):
            table = name.split("/")[1]
            for line in content.splitlines():
                rows[table] = rows.get(table, 0) + 1
                try:
                    needed.update(_needed(table, _json(file, name, line)))
                except (KeyError, TypeError, ValueError, AttributeError) as error:
                    raise _damaged(file, f"a row of {table} cannot be read") from error
        elif name.startswith("keys/") and _KEY_NAME.fullmatch(name):
            keys[name.removeprefix("keys/")] = content
        else:
            raise _damaged(file, f"{name} does not belong in it")
        if not name.startswith("blobs/"):
            if name in seen:
                raise _damaged(file, f"{name} is in it twice")
            seen[name] = sha256(content)
        done += len(content)
        report("checking", done, total)
    if manifest is None:
        raise BadInput(
            "backup-cut-short",
            f"{file} is not whole: it ends before its end.",
            "Copy it again from where it was made, or take an older backup.",
        )
    said = manifest.pop("digest", None)
    if said != sha256(canonical(manifest)) or manifest["members"] != seen:
        raise _damaged(file, "its manifest does not agree with the rest")
    missing = needed - found - set(manifest["damaged"])
    if missing or len(found) != manifest["blobs"] or {k: v for k, v in manifest["rows"].items() if v} != rows:
        raise _damaged(file, "something that its manifest names is not in it")
    report("checking", total, total)
    return Archive(file, _summary(manifest), manifest["public_keys"], keys)


def _check_head(file: Path, head: Mapping[str, Any]) -> None:
    if head.get("format") != FORMAT:
        raise BadInput(
            "backup-too-new",
            f"{file} is of format {head.get('format')}; this coursekit reads format {FORMAT}.",
            "Restore it with the coursekit that made it, or a newer one.",
        )
    migrate.check_not_ahead(str(head.get("schema")))


def _members(file: Path, start: str) -> Iterator[tuple[str, bytes]]:
    """Names and contents, in their order. Raises BadInput where the tar is damaged."""
    try:
        # One after another, as it was written: nothing is put anywhere by the name it claims.
        with tarfile.open(file, mode="r:") as tar:
            while (info := tar.next()) is not None:
                # tarfile remembers every member; there may be a million.
                vars(tar)["members"].clear()
                if not info.isreg():
                    raise _damaged(file, f"{info.name} is no file")
                if not info.name.startswith(start):
                    continue
                member = tar.extractfile(info)
                yield info.name, member.read() if member is not None else b""
    except (tarfile.TarError, EOFError, UnicodeDecodeError, ValueError) as error:
        raise _damaged(file, "it cannot be read as a tar file") from error


def _json(file: Path, name: str, content: bytes) -> dict[str, Any]:
    try:
        value = json.loads(content)
    except ValueError as error:
        raise _damaged(file, f"{name} cannot be read") from error
    if not isinstance(value, dict):
        raise _damaged(file, f"{name} cannot be read")
    return value


def _damaged(file: Path, why: str) -> BadInput:
    return BadInput(
        "backup-damaged",
        f"{file} is damaged, or no backup of an exchange: {why}.",
        "Nothing was restored. Copy it again from where it was made, or take another backup.",
    )


def _summary(manifest: Mapping[str, Any]) -> Summary:
    return Summary(
        datetime.fromisoformat(manifest["made_at"]),
        manifest["schema"],
        manifest["rows"],
        manifest["blobs"],
        tuple(manifest["damaged"]),
        manifest["has_private_keys"],
    )


# ------------------------------------------------------------------------------------------------ restoring


def restore_archive(
    archive: Archive, engine: Engine, blobs: Blobs, keys: Path, report: Report = lambda *_: None
) -> None:
    """Put an archive into an empty exchange: tables, files, keys. Until the last moment the tables stay empty.

    Killed in the middle, it leaves files and keys that no row refers to, and the same call completes it. Raises
    Conflict when something is there already, BadInput when a receipt in the archive does not hold.
    """
    _check_keys(archive, keys)
    with migrate.alone(engine) as connection:
        _clear(connection)
        migrate.upgrade_within(connection, archive.summary.schema)
        _insert_rows(archive, connection, report)
        if archive.summary.schema != migrate.head():
            migrate.upgrade_within(connection, migrate.head())
        reset_numbers(connection)
        _verify(archive, connection, report)
        for done, (digest, content) in enumerate(archive.blobs(), start=1):
            if isinstance(blobs, SqlBlobs):
                # In this transaction: another connection would wait for it for ever.
                connection.execute(t.blobs.insert().values(digest=digest, content=content))
            else:
                blobs.put(content)
            report("files", done, archive.summary.blobs)
        _write_keys(archive.keys, keys)


def reset_numbers(connection: Connection) -> None:
    """Let PostgreSQL count on behind the rows that came with their own numbers; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in t.metadata.sorted_tables:
        counted = table.autoincrement_column
        if counted is not None and inspect(connection).has_table(table.name):
            connection.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', '{counted.name}'), "
                    f"(SELECT coalesce(max({counted.name}), 0) + 1 FROM {table.name}), false)"
                )
            )


def _clear(connection: Connection) -> None:
    """Take empty tables away. Raises Conflict when a row is in any of them."""
    there = set(inspect(connection).get_table_names())
    ours = [table for table in reversed(t.metadata.sorted_tables) if table.name in there]
    if ours and connection.dialect.name == "postgresql":
        # Nobody writes to them between the look and the commit.
        connection.execute(
            text(f"LOCK TABLE {', '.join(table.name for table in ours)} IN ACCESS EXCLUSIVE MODE")
        )
    for table in ours:
        if connection.scalar(select(func.count()).select_from(table)):
            raise Conflict(
                "not-empty",
                f"There is an exchange already: its table of {table.name} has something in it.",
                "Restore into an empty place: another COURSEKIT_DATA, or another COURSEKIT_DATABASE.",
            )
    for name in (*(table.name for table in ours), "alembic_version"):
        connection.execute(text(f"DROP TABLE IF EXISTS {name}"))
    if connection.dialect.name == "postgresql":
        connection.execute(text("DROP FUNCTION IF EXISTS coursekit_only_added()"))


def _insert_rows(archive: Archive, connection: Connection, report: Report) -> None:
    known = {table.name: table for table in _reflected(connection)}
    total, done = sum(archive.summary.rows.values()), 0
    for name, rows in archive.rows():
        table = known.get(name)
        if table is None:
            raise _damaged(archive.file, f"it has a table {name} that its release did not have")
        kinds = {column.name: column.type for column in table.columns}
        try:
            values = [{c: _from_json(kinds[c], value) for c, value in row.items()} for row in rows]
        except (KeyError, TypeError, ValueError) as error:
            raise _damaged(archive.file, f"a row of {name} is not what it must be") from error
        connection.execute(table.insert(), values)
        done += len(rows)
        report("rows", done, total)


def _verify(archive: Archive, connection: Connection, report: Report) -> None:
    """Raises BadInput when a receipt is not genuine, out of its row, or proves something else than stands there."""
    r = t.receipts.c
    total, previous, whose, number = archive.summary.rows.get("receipts", 0), "", ("", ""), 0
    query = select(t.receipts).order_by(r.course, r.learner, r.number)
    rows = connection.execute(query, execution_options=_STREAMED)
    for done, row in enumerate(rows, start=1):
        receipt = load(Receipt, row.receipt)
        if (row.course, row.learner) != whose:
            whose, number, previous = (row.course, row.learner), 0, ""
        number += 1
        if not is_genuine(receipt, archive.public_keys):
            raise _untrue(archive.file, receipt, "its signature does not hold")
        if (receipt.course, receipt.learner) != whose or row.number != number or receipt.previous != previous:
            raise _untrue(archive.file, receipt, "it is not in its row")
        previous = receipt.own_digest()
        if done % 1000 == 0 or done == total:
            report("receipts", done, total)
    for proof, digest in itertools.chain(_committed(connection), _submitted(connection)):
        if proof is None or proof.digest != digest:
            raise _untrue(archive.file, proof, "what it proves is not what is kept")


def _committed(connection: Connection) -> Iterator[tuple[Receipt | None, Digest]]:
    c, r = t.commitments.c, t.receipts.c
    mine = (r.course == c.course) & (r.learner == c.learner) & (r.number == c.receipt)
    query = select(c.response, c.prompt, r.receipt).select_from(t.commitments.outerjoin(t.receipts, mine))
    for row in connection.execute(query, execution_options=_STREAMED):
        receipt = load(Receipt, row.receipt) if row.receipt else None
        same = receipt is not None and receipt.subject == row.prompt
        yield receipt if same else None, sha256(canonical(row.response))


def _submitted(connection: Connection) -> Iterator[tuple[Receipt | None, Digest]]:
    c, r = t.submissions.c, t.receipts.c
    mine = (r.course == c.course) & (r.learner == c.learner) & (r.number == c.receipt)
    query = select(c.id, c.definition, r.receipt).select_from(t.submissions.outerjoin(t.receipts, mine))
    for row in connection.execute(query, execution_options=_STREAMED):
        receipt = load(Receipt, row.receipt) if row.receipt else None
        same = receipt is not None and receipt.subject == row.id
        files = json.loads(row.definition)["files"]
        # As `manifest_digest` says it.
        yield receipt if same else None, sha256(canonical(sorted([f["path"], f["digest"]] for f in files)))


def _untrue(file: Path, receipt: Receipt | None, why: str) -> BadInput:
    which = f"the receipt of {receipt.learner} for {receipt.subject}" if receipt else "a receipt"
    return BadInput(
        "backup-untrue",
        f"{file} was changed, or made of an exchange that was: {which} does not hold, {why}.",
        "Nothing was restored. Take another backup.",
    )


def _check_keys(archive: Archive, keys: Path) -> None:
    there = {path.relative_to(keys).as_posix(): path for path in _key_files(keys)}
    for name, path in there.items():
        if archive.keys.get(name) != path.read_bytes():
            raise Conflict(
                "other-keys",
                f"The folder of keys has one that is not in the backup: {path}.",
                "An exchange was started here before. Restore into an empty place, or move its keys away first.",
            )


def _write_keys(files: Mapping[str, bytes], keys: Path) -> None:
    def order(name: str) -> tuple[bool, str]:
        # A key counts as there when its public half is.
        return name.endswith(_PUBLIC), name

    for name in sorted(files, key=order):
        path = keys / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        aside = path.with_name(f".new-{os.getpid()}-{path.name}")
        mode = 0o644 if name.endswith(_PUBLIC) else 0o600
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(handle, "wb") as stream:
            stream.write(files[name])
            stream.flush()
            os.fsync(stream.fileno())
        aside.replace(path)
        sync_names(path.parent)
