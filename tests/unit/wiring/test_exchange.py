"""Where the settings say that an exchange keeps what it keeps."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from coursekit.model.errors import BadInput, ServiceFault
from coursekit.model.submission import sha256
from coursekit.store.blobs import FolderBlobs
from coursekit.store.blobs_object import ObjectBlobs
from coursekit.store.blobs_sql import SqlBlobs
from coursekit.wiring.exchange import open_embedded, open_exchange
from coursekit.wiring.settings import Storage, storage

NAMES = ("COURSEKIT_DATA", "COURSEKIT_DATABASE", "COURSEKIT_BLOBS", "COURSEKIT_KEYS")


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def test_a_laptop_needs_no_settings() -> None:
    data = Path("exchange/data")
    assert storage() == Storage(data, None, "folder", data / "keys")


def test_the_environment_says_where(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in zip(NAMES, ("/d", "postgres://u:p@h/n", "s3://bucket/x", "/k"), strict=True):
        monkeypatch.setenv(name, value)
    assert storage() == Storage(Path("/d"), "postgresql://u:p@h/n", "s3://bucket/x", Path("/k"))
    assert storage(Path("/other")).data == Path("/other")
    monkeypatch.delenv("COURSEKIT_KEYS")
    assert storage(Path("/other")).keys == Path("/other/keys")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("COURSEKIT_DATABASE", "mysql://root:hunter2@h/n"),
        ("COURSEKIT_DATABASE", "sqlite:///hunter2"),
        ("COURSEKIT_BLOBS", "somewhere"),
        ("COURSEKIT_BLOBS", "http://bucket"),
    ],
)
def test_what_cannot_be_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadInput) as caught:
        storage()
    assert caught.value.code == "bad-settings"
    assert name in caught.value.detail
    assert caught.value.next_step
    # An address may hold a password.
    assert "hunter2" not in str(vars(caught.value))


def test_an_embedded_exchange_looks_at_its_folder_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("COURSEKIT_DATABASE", "postgresql://nobody@nowhere.invalid/none")
    monkeypatch.setenv("COURSEKIT_BLOBS", "s3://nowhere")
    monkeypatch.setenv("COURSEKIT_KEYS", str(tmp_path / "elsewhere"))
    opened = open_embedded(tmp_path / "data")
    assert isinstance(opened.exchange.blobs, FolderBlobs)
    opened.ledger.check()
    opened.ledger.close()
    assert [p.name for p in tmp_path.iterdir()] == ["data"]


@pytest.mark.parametrize("blobs", ["folder", "database"])
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_every_pair_of_places_works(
    request: pytest.FixtureRequest, tmp_path: Path, engine: str, blobs: str
) -> None:
    url = None if engine == "sqlite" else request.getfixturevalue("postgres_url")
    place = Storage(tmp_path / "data", url, blobs, tmp_path / "keys")
    opened = open_exchange(place)
    assert type(opened.exchange.blobs) is {"folder": FolderBlobs, "database": SqlBlobs}[blobs]
    digest = opened.exchange.blobs.put(b"a lamp")
    key = opened.public_keys()
    opened.ledger.close()
    again = open_exchange(place)
    assert again.exchange.blobs.get(digest) == b"a lamp"
    assert again.public_keys() == key
    again.ledger.close()
    assert (tmp_path / "data" / "ledger.sqlite").exists() == (url is None)
    assert (tmp_path / "data" / "blobs").exists() == (blobs == "folder")


def test_an_s3_address_makes_a_store(tmp_path: Path) -> None:
    opened = open_exchange(Storage(tmp_path, None, "s3://bucket/prefix", tmp_path / "keys"))
    blobs: Any = opened.exchange.blobs
    assert isinstance(blobs, ObjectBlobs)
    assert blobs._store.prefix == "prefix"
    opened.ledger.close()


def test_a_database_that_is_not_there_is_one_sentence(tmp_path: Path, postgres: Any) -> None:
    away = postgres.url.replace("/postgres?", "/nobody?")
    with pytest.raises(ServiceFault) as caught:
        open_exchange(Storage(tmp_path, away, "database", tmp_path / "keys"))
    assert caught.value.code == "ledger-unreachable"
    assert "\n" not in caught.value.detail


def test_a_newer_database_is_one_sentence(tmp_path: Path) -> None:
    opened = open_embedded(tmp_path)
    with opened.ledger.engine.connect() as db:
        db.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        db.commit()
    opened.ledger.close()
    with pytest.raises(ServiceFault) as caught:
        open_embedded(tmp_path)
    assert caught.value.code == "schema-ahead"


def test_bytes_of_a_damaged_table_are_not_handed_out(tmp_path: Path) -> None:
    opened = open_exchange(Storage(tmp_path, None, "database", tmp_path / "keys"))
    digest = opened.exchange.blobs.put(b"a lamp")
    assert digest == sha256(b"a lamp")
    with opened.ledger.engine.connect() as db:
        db.exec_driver_sql("UPDATE blobs SET content = x'00'")
        db.commit()
    with pytest.raises(ServiceFault):
        opened.exchange.blobs.get(digest)
    opened.ledger.close()


@pytest.mark.parametrize(
    ("package", "database", "blobs", "code"),
    [
        ("psycopg", "postgresql://nobody@nowhere.invalid/none", "folder", "no-psycopg"),
        ("obstore.store", None, "s3://bucket", "no-obstore"),
    ],
)
def test_a_package_that_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    package: str,
    database: str | None,
    blobs: str,
    code: str,
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(BadInput) as caught:
        open_exchange(Storage(tmp_path, database, blobs, tmp_path / "keys"))
    assert caught.value.code == code
    assert "pip install 'coursekit[" in caught.value.next_step
