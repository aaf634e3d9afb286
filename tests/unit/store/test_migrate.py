"""The tables from every released schema to today's, on both engines, with what stood in them."""

from __future__ import annotations

import base64
import json
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from coursekit.model.errors import ServiceFault
from coursekit.model.ids import CourseId, Digest, ModuleId, ReleaseNumber, UserId
from coursekit.model.recorded import Recorded
from coursekit.model.submission import Receipt, sha256
from coursekit.store import migrate, tables
from coursekit.store.keys import is_genuine
from coursekit.store.ledger import PostgresLedger, SqliteLedger, postgres_engine, sqlite_engine
from coursekit.store.restore import reset_numbers
from coursekit.wire.values import dump

RELEASED = Path(__file__).parent / "released"
OLD = [path.stem for path in sorted(RELEASED.glob("*.sql"))]
LAMPS = CourseId("lamps")
KEPT = ("releases", "commitments", "submissions", "receipts", "events")


@dataclass(frozen=True)
class Site:
    """A database engine that the tests can fill as an old release left it."""

    engine: Engine
    again: Callable[[], Engine]
    """A second process's connections to the same database."""

    def ledger(self) -> SqliteLedger | PostgresLedger:
        return (SqliteLedger if self.engine.dialect.name == "sqlite" else PostgresLedger)(self.engine)

    def run(self, statement: str) -> None:
        with self.engine.connect() as connection:
            connection.exec_driver_sql(statement)
            connection.commit()

    def fill(self, release: str) -> None:
        """As that release left it: its tables, its rows, no note of a version."""
        script = (RELEASED / f"{release}.sql").read_text()
        if self.engine.dialect.name == "sqlite":
            raw = sqlite3.connect(str(self.engine.url.database))
            raw.executescript(script)
            raw.close()
            return
        with migrate.alone(self.engine) as connection:
            migrate.upgrade_within(connection, "0001")
            connection.execute(text("DROP TABLE alembic_version"))
        source = create_engine("sqlite://")
        with source.connect() as connection:
            raw_source: Any = connection.connection.dbapi_connection
            raw_source.executescript(script)
            here, there = MetaData(), MetaData()
            here.reflect(connection)
            with self.engine.begin() as target:
                there.reflect(target)
                for table in here.sorted_tables:
                    rows = [dict(row._mapping) for row in connection.execute(table.select())]
                    for row in rows:
                        if row.get("at") is not None:
                            row["at"] = row["at"].isoformat() + "+00:00"
                    if rows:
                        target.execute(there.tables[table.name].insert(), rows)
                reset_numbers(target)


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    if request.param == "sqlite":
        opened = Site(
            sqlite_engine(tmp_path / "ledger.sqlite"), lambda: sqlite_engine(tmp_path / "ledger.sqlite")
        )
    else:
        url = request.getfixturevalue("postgres_url")
        opened = Site(postgres_engine(url), lambda: postgres_engine(url))
    yield opened
    opened.engine.dispose()


def differences(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), tables.metadata))


# up


def test_a_new_database_gets_the_tables_that_the_code_works_with(site: Site) -> None:
    assert migrate.current(site.engine) is None
    migrate.upgrade(site.engine)
    assert migrate.current(site.engine) == migrate.head()
    assert differences(site.engine) == []
    migrate.check(site.engine)


def test_the_comparison_would_see_a_difference(site: Site) -> None:
    migrate.upgrade(site.engine)
    site.run("DROP INDEX extensions_by_module")
    site.run("ALTER TABLE members DROP COLUMN time_zone")
    assert sorted(str(d[0]) for d in differences(site.engine)) == ["add_column", "add_index"]


def test_there_is_a_database_of_every_release() -> None:
    assert "0.1.0" in OLD


@pytest.mark.parametrize("release", OLD)
def test_all_that_an_old_release_kept_is_read_back_whole(site: Site, release: str) -> None:
    site.fill(release)
    assert migrate.current(site.engine) == "0001"
    with pytest.raises(ServiceFault) as caught:
        migrate.check(site.engine)
    assert caught.value.code == "schema-behind"

    migrate.upgrade(site.engine)

    assert differences(site.engine) == []
    then = json.loads((RELEASED / f"{release}.json").read_text())
    with site.ledger().read() as deed:
        course = deed.find_course(LAMPS)
        assert holds(course, then["course"])
        assert [[m.user, m.role.value, m.name] for m in deed.members(LAMPS)] == then["members"]
        assert {(m.time_zone, m.source.value) for m in deed.members(LAMPS)} == {("", "roster")}
        assert dict(deed.released_modules(LAMPS)) == then["released"]
        for old in then["releases"]:
            found = deed.find_release(LAMPS, ModuleId(old["module"]), ReleaseNumber(old["number"]))
            assert holds(found, old)
        for who, modules in then["fetched"].items():
            for module, numbers in modules.items():
                assert list(deed.fetched(LAMPS, ModuleId(module), UserId(who))) == numbers
        kept = [
            pair
            for module in ("first", "second")
            for who in ("maria", "olu")
            for pair in deed.commitments(LAMPS, ModuleId(module), UserId(who))
        ]
        assert len(kept) == len(then["commitments"]) == 4
        for pair, (commitment, receipt) in zip(kept, then["commitments"], strict=True):
            assert holds(pair[0], commitment)
            assert holds(pair[1], receipt)
        handed = [
            pair for module in ("first", "second") for pair in deed.submissions(LAMPS, ModuleId(module))
        ]
        assert len(handed) == len(then["submissions"]) == 4
        for pair, (submission, receipt) in zip(handed, then["submissions"], strict=True):
            assert holds(pair[0], submission)
            assert holds(pair[1], receipt)
        given = deed.feedback(LAMPS, ModuleId("first"))
        assert all(holds(f, old) for f, old in zip(given, then["feedback"], strict=True))
        log = deed.events(LAMPS)
        assert all(holds(e, old) for (_, e), old in zip(log, then["events"], strict=True))
        for who, old in then["records"].items():
            record = deed.record(LAMPS, UserId(who))
            now = {k: sorted(v) if isinstance(v, (list, frozenset)) else v for k, v in vars(record).items()}
            assert now == old
        # What the migration filled in.
        sizes = {s.learner: 0 for s, _ in handed}
        for s, _ in handed:
            sizes[s.learner] += sum(f.size for f in s.files)
        assert {who: deed.stored_bytes(LAMPS, who) for who in sizes} == sizes
        assert min(sizes.values()) > 0
        assert deed.judged(LAMPS, ModuleId("first")) == {f.submission for f in given} - {None} != set()
        # Receipts prove what they proved, and stand in the same row.
        for who in ("maria", "olu"):
            previous = ""
            mine = [r for _, r in [*kept, *handed] if r.learner == who]
            for receipt in sorted(mine, key=lambda r: r.at):
                assert is_genuine(receipt, then["keys"])
                assert receipt.previous == previous or receipt.at in [r.at for r in mine if r is not receipt]
                previous = receipt.own_digest()
            last = deed.last_receipt(LAMPS, UserId(who))
            assert last is not None
            assert last.own_digest() == previous
    assert all(sha256(base64.b64decode(content)) == name for name, content in then["blobs"].items())


def holds(now: Any, then: dict[str, Any]) -> bool:
    """Whether a value still says all that the old release's JSON says; it may say more."""
    said = json.loads(dump(now))

    def within(new: Any, old: Any) -> bool:
        if isinstance(old, dict):
            return isinstance(new, dict) and all(k in new and within(new[k], v) for k, v in old.items())
        if isinstance(old, list):
            return len(new) == len(old) and all(within(n, o) for n, o in zip(new, old, strict=True))
        return bool(new == old)

    return within(said, then)


@pytest.mark.parametrize("release", OLD)
def test_the_exchange_goes_on_where_the_old_release_stopped(site: Site, release: str) -> None:
    site.fill(release)
    migrate.upgrade(site.engine)
    ledger = site.ledger()
    with ledger.write(LAMPS, UserId("maria")) as deed:
        before = [s for s, _ in deed.submissions(LAMPS, ModuleId("first"))]
        last = deed.last_receipt(LAMPS, UserId("maria"))
        assert last is not None
        values = {**vars(before[-1]), "id": "new", "learner": "maria"}
        receipt = Receipt(**{**vars(last), "subject": "new", "previous": last.own_digest()})
        deed.add_submission(type(before[-1])(**values), receipt)
    with ledger.read() as deed:
        after = [s.id for s, _ in deed.submissions(LAMPS, ModuleId("first"))]
        # A number of its own, behind the old ones.
        assert after == [*(s.id for s in before), "new"]


# at once, and interrupted

_UPGRADE = """
import sys
from pathlib import Path
from coursekit.store import migrate
from coursekit.store.ledger import postgres_engine, sqlite_engine
where = sys.argv[1]
engine = postgres_engine(where) if where.startswith("postgresql") else sqlite_engine(Path(where))
sys.stdin.readline()
migrate.upgrade(engine)
print(migrate.current(engine))
"""


@pytest.mark.parametrize("old", [None, "0.1.0"])
def test_several_processes_upgrade_at_once(site: Site, old: str | None) -> None:
    if old:
        site.fill(old)
    is_file = site.engine.dialect.name == "sqlite"
    where = (
        str(site.engine.url.database) if is_file else site.engine.url.render_as_string(hide_password=False)
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _UPGRADE, where.replace("+psycopg", "")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    # Imports take longer than the race: all wait at the line, then go together.
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60) for process in processes]
    assert [out.strip() for out, _ in said] == [migrate.head()] * 4, said
    assert differences(site.engine) == []


def test_a_step_that_fails_leaves_the_database_as_it_was(site: Site) -> None:
    site.fill("0.1.0")
    # In the way of the last step's last table.
    site.run("CREATE TABLE blobs (something INTEGER)")
    with pytest.raises(DBAPIError):
        migrate.upgrade(site.engine)
    assert migrate.current(site.engine) == "0001"
    columns = {c["name"] for c in inspect(site.engine).get_columns("members")}
    assert columns == {"course", "user", "role", "name"}
    assert "extensions" not in inspect(site.engine).get_table_names()
    site.run("DROP TABLE blobs")
    migrate.upgrade(site.engine)
    assert differences(site.engine) == []


# versions


def test_a_newer_database_is_refused_in_one_sentence(site: Site) -> None:
    migrate.upgrade(site.engine)
    site.run("UPDATE alembic_version SET version_num = '9999'")
    for look in (migrate.upgrade, migrate.check):
        with pytest.raises(ServiceFault) as caught:
            look(site.engine)
        assert caught.value.code == "schema-ahead"
        assert caught.value.detail == (
            f"The database has tables of version 9999, newer than this coursekit, which knows {migrate.head()}."
        )
    assert migrate.current(site.engine) == "9999"


def test_looking_changes_nothing(site: Site) -> None:
    assert migrate.current(site.engine) is None
    with pytest.raises(ServiceFault, match="version nothing"):
        migrate.check(site.engine)
    assert inspect(site.engine).get_table_names() == []


def test_versions_are_in_one_row_and_the_head_read_by_hand_is_alembics() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate.scripts()))
    config.set_main_option("path_separator", "os")
    steps = list(ScriptDirectory.from_config(config).walk_revisions())
    assert ScriptDirectory.from_config(config).get_heads() == [migrate.head()]
    assert [s.revision for s in steps] == sorted((s.revision for s in steps), reverse=True)
    assert all(Path(s.path).name.startswith(f"{s.revision}_") for s in steps)


def test_alembic_is_not_loaded_where_nothing_is_to_be_done(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from coursekit.store.ledger import open_sqlite; "
        f"open_sqlite(Path({str(tmp_path / 'ledger.sqlite')!r})); print('alembic' in sys.modules)"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True
        ).stdout.strip()
        for _ in range(2)
    ]
    assert said == ["True", "False"]


def test_the_steps_are_in_the_wheel(tmp_path: Path) -> None:
    from hatchling.builders.wheel import WheelBuilder

    root = migrate.scripts().parent.parent
    wheel = next(WheelBuilder(str(root)).build(directory=str(tmp_path), versions=["standard"]))
    with zipfile.ZipFile(wheel) as opened:
        opened.extractall(tmp_path / "site")
    script = (
        "import coursekit; from coursekit.store import migrate; from pathlib import Path; "
        "from coursekit.store.ledger import open_sqlite; open_sqlite(Path('ledger.sqlite')); "
        "print(migrate.scripts())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == str(tmp_path / "site" / "coursekit" / "store" / "migrations"), done.stderr


# what was signed stays


@pytest.mark.parametrize("table", KEPT)
def test_the_database_itself_refuses_to_change_what_was_signed(site: Site, table: str) -> None:
    site.fill("0.1.0")
    migrate.upgrade(site.engine)
    statements = [f"UPDATE {table} SET course = 'other'", f"DELETE FROM {table}"]
    if site.engine.dialect.name == "postgresql":
        statements.append(f"TRUNCATE {table}")
    else:
        # SQLite removes rows silently for these, unless triggers are told to look.
        statements.append(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
        statements.append(f"REPLACE INTO {table} SELECT * FROM {table}")
    for statement in statements:
        before = rows(site.engine, table)
        assert before
        with pytest.raises(DBAPIError, match=f"rows of {table} are only ever added"):
            site.run(statement)
        assert rows(site.engine, table) == before


def test_the_record_of_checks_cannot_be_changed_either(site: Site) -> None:
    site.fill("0.1.0")
    migrate.upgrade(site.engine)
    line = Recorded(
        LAMPS, ModuleId("first"), 1, "switch", datetime.now(UTC), {}, Digest(""), Digest("0" * 64)
    )
    with site.ledger().write(LAMPS) as deed:
        deed.add_recorded(line)
    for statement in ("UPDATE reflection_records SET kind = 'check'", "DELETE FROM reflection_records"):
        with pytest.raises(DBAPIError, match="rows of reflection_records are only ever added"):
            site.run(statement)
    assert len(rows(site.engine, "reflection_records")) == 1


def test_what_an_old_release_took_in_is_not_checked_later(site: Site) -> None:
    site.fill("0.1.0")
    migrate.upgrade(site.engine)
    with site.ledger().read() as deed:
        assert (deed.unchecked(0, 9), deed.has_checks()) == ([], False)
        assert deed.last_submission() > 0


def test_other_tables_can_be_changed(site: Site) -> None:
    site.fill("0.1.0")
    migrate.upgrade(site.engine)
    site.run("UPDATE members SET role = 'grader'")
    site.run("DELETE FROM members")
    assert rows(site.engine, "members") == []


def rows(engine: Engine, table: str) -> list[Any]:
    with engine.connect() as connection:
        found = connection.execute(tables.metadata.tables[table].select()).all()
        connection.rollback()
    return sorted(found, key=str)
