"""Bytes in the ledger's own database: nothing else to run, to share among replicas, or to back up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from coursekit.model.errors import NotNow
from coursekit.model.ids import Digest
from coursekit.model.submission import sha256
from coursekit.store import tables as t
from coursekit.store.blobs import damaged


class SqlBlobs:
    """Plugs into `ports.Blobs`. Each blob has a transaction of its own, before the deed that refers to it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(self, content: bytes) -> Digest:
        """Keep the bytes; what is there already, and whole, is not written again."""
        digest = sha256(content)
        kept = t.blobs.c
        with _as_ours():
            with self._engine.connect() as connection:
                found = connection.scalar(select(kept.content).where(kept.digest == digest))
                connection.rollback()
            if found == content:
                return digest
            if found is None:
                try:
                    with self._writing() as connection:
                        connection.execute(insert(t.blobs).values(digest=digest, content=content))
                    return digest
                except IntegrityError:
                    # Somebody put the same bytes meanwhile, and theirs are committed: an insert waits for that.
                    return self.put(content)
            with self._writing() as connection:
                connection.execute(update(t.blobs).where(kept.digest == digest).values(content=content))
        return digest

    def get(self, digest: Digest) -> bytes:
        """The bytes, checked against their digest."""
        kept = t.blobs.c
        with _as_ours(), self._engine.connect() as connection:
            content: bytes | None = connection.scalar(select(kept.content).where(kept.digest == digest))
            connection.rollback()
        if content is None or sha256(content) != digest:
            raise damaged()
        return content

    def check(self) -> None:
        """Whether the table is there. That it can be written to is what `Ledger.check` looks at."""
        with _as_ours(), self._engine.connect() as connection:
            connection.execute(select(t.blobs.c.digest).limit(1))
            connection.rollback()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._engine.connect() as connection:
            if self._engine.dialect.name == "sqlite":
                # A transaction that begins as a reader cannot wait its turn to write; it fails at once.
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()


@contextmanager
def _as_ours() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        raise NotNow(
            "blobs-unreachable",
            "The exchange's database cannot keep or find files just now.",
            "Nothing of this was kept. Try again in a minute; if it stays so, tell whoever runs the exchange.",
        ) from error
