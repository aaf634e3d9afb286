"""The roster's commands, as an operator types them on the exchange's own machine, and as a teacher through it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from coursekit.cli import app
from coursekit.model.errors import CoursekitError
from coursekit.model.ids import CourseId
from coursekit.model.people import Member
from coursekit.wiring.exchange import open_embedded

Run = Callable[..., str]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (
        "COURSEKIT_URL",
        "COURSEKIT_TOKEN",
        "COURSEKIT_DATA",
        "COURSEKIT_DATABASE",
        "JUPYTERHUB_API_TOKEN",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(home: Path) -> Run:
    def run(*words: str, said: str = "") -> str:
        done: Result = CliRunner().invoke(app, ["roster", *words], input=said)
        if isinstance(done.exception, CoursekitError):
            raise done.exception
        assert done.exit_code == 0, (done.output, done.exception)
        return done.stdout

    return run


def members(folder: Path = Path("exchange/data")) -> dict[str, Member]:
    embedded = open_embedded(folder)
    try:
        with embedded.ledger.read() as deed:
            return {m.user: m for m in deed.members(CourseId("lamps"))}
    finally:
        embedded.ledger.close()


def events(folder: Path = Path("exchange/data")) -> list[tuple[str, str]]:
    embedded = open_embedded(folder)
    try:
        with embedded.ledger.read() as deed:
            return [(e.verb, e.subject) for _, e in deed.events(CourseId("lamps"))]
    finally:
        embedded.ledger.close()


def test_a_file_makes_a_class_and_says_whom(run: Run, home: Path) -> None:
    (home / "class.csv").write_text("\ufeffrole;user;name\n;maria;Maria Okoye\ninstructor;ines;\n", "utf-8")
    assert (
        run("import", "lamps", "class.csv")
        == "+ maria: learner\n+ ines: instructor\n2 new, 0 changed, 0 as they were.\n"
    )
    people = members()
    assert {u: (m.role.value, m.name) for u, m in people.items()} == {
        "maria": ("learner", "Maria Okoye"),
        "ines": ("instructor", ""),
    }
    assert sorted(events()) == [("enrol", "ines"), ("enrol", "maria")]
    # Once more changes nothing, and writes nothing down.
    assert run("import", "lamps", "class.csv") == "0 new, 0 changed, 2 as they were.\n"
    assert len(events()) == 2


def test_a_dry_run_says_it_and_does_nothing(run: Run) -> None:
    run("add", "lamps", "maria", "olu")
    before = members(), events()
    told = run("import", "lamps", "-", "--dry-run", "--remove-others", said="user,role\nmaria,grader\nzoe,\n")
    assert told == (
        "+ zoe: learner\n~ maria: role learner → grader\n- olu: was learner\n"
        "1 new, 1 changed, 0 as they were, 1 taken out.\n"
        "Nothing was changed; leave --dry-run out to do it.\n"
    )
    assert (members(), events()) == before


def test_whoever_is_not_in_the_file_stays_unless_it_is_asked_for(run: Run) -> None:
    run("add", "lamps", "maria", "olu")
    assert run("import", "lamps", "-", said="user\nmaria\n").endswith("1 not in the file, and stay.\n")
    assert set(members()) == {"maria", "olu"}
    assert run("import", "lamps", "-", "--remove-others", said="user\nmaria\n").endswith("1 taken out.\n")
    assert set(members()) == {"maria"}
    assert events()[-1] == ("remove", "olu")


def test_one_wrong_line_changes_nothing(run: Run) -> None:
    run("add", "lamps", "maria")
    before = members(), events()
    with pytest.raises(CoursekitError) as caught:
        run("import", "lamps", "-", "--remove-others", said="user,role\nzoe,learner\nolu,boss\n")
    assert caught.value.code == "bad-roster"
    assert (
        caught.value.detail == "Line 3: there is no role “boss”; the roles are learner, grader, instructor."
    )
    assert (members(), events()) == before


def test_a_file_that_is_not_there(run: Run) -> None:
    with pytest.raises(CoursekitError) as caught:
        run("import", "lamps", "nobody.csv")
    assert caught.value.detail == "nobody.csv cannot be read: No such file or directory."


def test_another_role_keeps_the_name_and_the_time_zone(run: Run) -> None:
    run("import", "lamps", "-", said="user,name,time_zone\nmaria,Maria Okoye,Africa/Lagos\n")
    assert run("add", "lamps", "maria", "--role", "grader") == "1 in lamps as grader: maria\n"
    maria = members()["maria"]
    assert (maria.role.value, maria.name, maria.time_zone) == ("grader", "Maria Okoye", "Africa/Lagos")
    assert run("list", "lamps") == "maria\tgrader\tMaria Okoye\tAfrica/Lagos\n"


def test_a_list_goes_back_in_as_it_came_out(run: Run, home: Path) -> None:
    run("import", "lamps", "-", said='user,name,time_zone\nmaria,"Okoye, Maria",Africa/Lagos\nolu,,\n')
    table = run("list", "lamps", "--csv")
    assert table == ('user,name,role,time_zone\nmaria,"Okoye, Maria",learner,Africa/Lagos\nolu,,learner,\n')
    assert run("import", "bells", "-", said=table).endswith("2 new, 0 changed, 0 as they were.\n")


def test_somebody_is_taken_out_with_a_reason_or_nobody_is(run: Run) -> None:
    run("add", "lamps", "maria", "olu")
    with pytest.raises(CoursekitError) as caught:
        run("remove", "lamps", "maria", "zoe", "--reason", "left the school")
    assert caught.value.detail == "zoe is not in lamps; nobody was taken out."
    with pytest.raises(CoursekitError) as caught:
        run("remove", "lamps", "maria", "--reason", " ")
    assert caught.value.code == "no-reason"
    assert set(members()) == {"maria", "olu"}
    assert run("remove", "lamps", "maria", "--reason", "left the school") == "Taken out of lamps: maria\n"
    assert set(members()) == {"olu"}


@pytest.mark.parametrize(
    "words", [("add", "La mps", "maria"), ("add", "lamps", "ma ria"), ("import", "../x", "-")]
)
def test_names_that_are_none_are_refused(run: Run, words: tuple[str, ...]) -> None:
    with pytest.raises(CoursekitError) as caught:
        run(*words, said="user\nmaria\n")
    assert caught.value.code == "bad-name"


def test_the_data_folder_can_be_named(run: Run, home: Path) -> None:
    run("add", "lamps", "maria", "--data", "elsewhere")
    assert set(members(home / "elsewhere")) == {"maria"}
    assert not (home / "exchange").exists()
