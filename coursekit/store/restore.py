"""A backed-up exchange, back into an empty place.

The file (`store/archive.py` says what is in it) is read twice: first to see that every byte is as it was written,
then to restore it in one transaction, committed last.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Connection, DateTime, Engine, func, inspect, select, text
from sqlalchemy.types import TypeEngine

from coursekit.model.errors import BadInput, Conflict
from coursekit.model.ids import Digest
from coursekit.model.submission import Receipt, canonical, sha256
from coursekit.policy.reflection.record import Kind, seal
from coursekit.ports import Blobs
from coursekit.store import migrate
from coursekit.store import tables as t
from coursekit.store.archive import (
    FORMAT,
    HEAD,
    MANIFEST,
    PUBLIC,
    STREAMED,
    Report,
    Summary,
    blobs_of,
    key_files,
    summary_of,
    tables_there,
)
from coursekit.store.blobs import sync_names
from coursekit.store.blobs_sql import SqlBlobs
from coursekit.store.keys import is_genuine
from coursekit.wire.values import load

_KEY_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*")


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
        if manifest is not None or (head is None and name != HEAD):
            raise _damaged(file, f"{name} is not where it belongs")
        if name == HEAD:
            head = _json(file, name, content)
            _check_head(file, head)
        elif name == MANIFEST:
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
                    needed.update(blobs_of(table, _json(file, name, line)))
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
    return Archive(file, summary_of(manifest), manifest["public_keys"], keys)


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


def _from_json(kind: TypeEngine[Any], value: Any) -> Any:
    if isinstance(kind, DateTime) and value is not None:
        return datetime.fromisoformat(value)
    if isinstance(kind, JSON) and value is None:
        return JSON.NULL
    return value


def _insert_rows(archive: Archive, connection: Connection, report: Report) -> None:
    known = {table.name: table for table in tables_there(connection)}
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
    rows = connection.execute(query, execution_options=STREAMED)
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
    _verify_records(archive, connection)


def _verify_records(archive: Archive, connection: Connection) -> None:
    """Raises BadInput when a line of a record of checks is not as it was sealed, or out of its row."""
    c = t.reflection_records.c
    whose, number, previous = ("", ""), 0, Digest("")
    query = select(t.reflection_records).order_by(c.course, c.module, c.number)
    for row in connection.execute(query, execution_options=STREAMED):
        if (row.course, row.module) != whose:
            whose, number, previous = (row.course, row.module), 0, Digest("")
        number += 1
        entry = seal(Kind(row.kind), row.body, row.at, previous)
        if (row.number, row.previous, row.digest) != (number, previous, entry.digest):
            raise BadInput(
                "backup-untrue",
                f"{archive.file} was changed, or made of an exchange that was: line {number} of the checks’ record "
                f"of {row.module} in {row.course} does not hold.",
                "Nothing was restored. Take another backup.",
            )
        previous = entry.digest


def _committed(connection: Connection) -> Iterator[tuple[Receipt | None, Digest]]:
    c, r = t.commitments.c, t.receipts.c
    mine = (r.course == c.course) & (r.learner == c.learner) & (r.number == c.receipt)
    query = select(c.response, c.prompt, r.receipt).select_from(t.commitments.outerjoin(t.receipts, mine))
    for row in connection.execute(query, execution_options=STREAMED):
        receipt = load(Receipt, row.receipt) if row.receipt else None
        same = receipt is not None and receipt.subject == row.prompt
        yield receipt if same else None, sha256(canonical(row.response))


def _submitted(connection: Connection) -> Iterator[tuple[Receipt | None, Digest]]:
    c, r = t.submissions.c, t.receipts.c
    mine = (r.course == c.course) & (r.learner == c.learner) & (r.number == c.receipt)
    query = select(c.id, c.definition, r.receipt).select_from(t.submissions.outerjoin(t.receipts, mine))
    for row in connection.execute(query, execution_options=STREAMED):
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
    there = {path.relative_to(keys).as_posix(): path for path in key_files(keys)}
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
        return name.endswith(PUBLIC), name

    for name in sorted(files, key=order):
        path = keys / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        aside = path.with_name(f".new-{os.getpid()}-{path.name}")
        mode = 0o644 if name.endswith(PUBLIC) else 0o600
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(handle, "wb") as stream:
            stream.write(files[name])
            stream.flush()
            os.fsync(stream.fileno())
        aside.replace(path)
        sync_names(path.parent)
