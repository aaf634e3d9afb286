"""What `coursekit doctor` makes of what it saw: each link either holds, or is broken and can be mended so.

Facts in, a finding out. Nothing is looked at here, so every sentence can be tested without breaking anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from coursekit.policy.hub import access_scope

_SKEW = timedelta(seconds=60)
"""Clocks of two computers that ask the same time service differ by far less."""
_LITTLE_ROOM = 2 * 2**30
_NO_ROOM = 100 * 2**20
"""Bytes: a few of the largest hand-ins."""
VERBS = (
    "exchange",
    "fetch_assignment",
    "fetch_feedback",
    "release_assignment",
    "release_feedback",
    "list",
    "submit",
    "collect",
)
"""What nbgrader's exchange consists of."""


class State(StrEnum):
    """How a link is."""

    GOOD = "good"
    BROKEN = "broken"
    NOTE = "note"
    """Nothing that stops anybody, and worth knowing."""


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's."""

    check: str
    """What was looked at, in a word or two."""
    state: State
    code: str
    """Stable, for programs: `no-service`; `ok` when it holds."""
    text: str
    fix: str = ""


def _good(check: str, text: str) -> Finding:
    return Finding(check, State.GOOD, "ok", text)


def _broken(check: str, code: str, text: str, fix: str) -> Finding:
    return Finding(check, State.BROKEN, code, text, fix)


def _note(check: str, code: str, text: str, fix: str = "") -> Finding:
    return Finding(check, State.NOTE, code, text, fix)


# the way to the exchange


def address(url: str, source: str) -> Finding:
    """Whether an address can be one. `source`: where it stands, such as COURSEKIT_URL."""
    fix = f"Write it like https://exchange.example.org in {source}."
    try:
        parts = urlsplit(url)
        well_formed = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        well_formed = False
    if not well_formed or url != url.strip():
        return _broken("address", "bad-address", f"“{url}”, from {source}, is no address of a service.", fix)
    if parts.query or parts.fragment or "/api/" in f"{parts.path}/":
        return _broken("address", "bad-address", f"{url}, from {source}, has too much at its end.", fix)
    return _good("address", f"The exchange's address is {url}, from {source}.")


@dataclass(frozen=True)
class Answer:
    """What came back from the exchange's address."""

    url: str
    silence: str = ""
    """Why nothing came, in a few words; empty when something did."""
    status: int = 0
    version: str = ""
    """The exchange's; empty when it was no exchange that answered."""
    unready: str = ""
    """The code of why it cannot take work in; empty when it can."""


def service(answer: Answer, ours: str) -> Finding:
    """Whether an exchange answers that can take work in. `ours`: the version of coursekit here."""
    if answer.silence:
        is_here = urlsplit(answer.url).hostname in ("127.0.0.1", "localhost", "::1")
        return _broken(
            "service",
            "no-service",
            f"Nothing answers at {answer.url}: {answer.silence}.",
            "Start it with `coursekit serve`; if the exchange is elsewhere, run `coursekit login ITS-ADDRESS`."
            if is_here
            else "Compare the address with what the course's staff gave you; then ask them whether it is running.",
        )
    if not answer.version:
        return _broken(
            "service",
            "not-an-exchange",
            f"Something answers at {answer.url}, with status {answer.status}, and it is no coursekit exchange.",
            "Compare the address with what the course's staff gave you; behind a JupyterHub it ends in "
            "/services/coursekit.",
        )
    if answer.unready:
        return _broken(
            "service",
            "not-ready",
            f"The exchange at {answer.url} is running and cannot take work in: {answer.unready}.",
            "Run `coursekit doctor` on the exchange's own machine.",
        )
    if answer.version != ours:
        return _note(
            "service",
            "other-version",
            f"The exchange runs coursekit {answer.version}, and here is {ours}.",
            f"If something behaves oddly: pip install coursekit=={answer.version}.",
        )
    return _good("service", f"The exchange answers, and runs coursekit {answer.version} as here.")


def clock(here: datetime, there: datetime) -> Finding:
    """Whether this computer's clock agrees with the exchange's; both aware."""
    apart = here - there
    if abs(apart) <= _SKEW:
        return _good("clock", "This computer's clock agrees with the exchange's.")
    way = "ahead of" if apart > timedelta(0) else "behind"
    return _note(
        "clock",
        "clock-skew",
        f"This computer's clock is {_length(abs(apart))} {way} the exchange's, so due dates look wrong here. "
        "The exchange's clock is the one that counts.",
        "Let the computer set its clock by the network: sudo timedatectl set-ntp true.",
    )


def _length(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            number = round(seconds / size)
            return f"{number} {unit}{'s' if number > 1 else ''}"
    return f"{seconds} seconds"


# who asks


def no_token(is_operator: bool) -> Finding:
    """Nobody is signed in here."""
    if is_operator:
        return _note(
            "sign-in", "no-token", "Nobody is signed in here. The exchange's own machine works without."
        )
    return _broken(
        "sign-in",
        "no-token",
        "You are not signed in: there is no token here.",
        "Ask the course's staff for one, then run `coursekit login ADDRESS`. On a JupyterHub, restart your server.",
    )


def refused(code: str, detail: str, next_step: str) -> Finding:
    """The exchange did not take the token, in its own words."""
    return _broken("sign-in", code, detail, next_step)


def hub_scope(scopes: frozenset[str], service: str) -> Finding:
    """Whether a JupyterHub server's token may be used at the exchange. `scopes`: as the Hub lists them."""
    needed = access_scope(service)
    if scopes.isdisjoint({needed, "access:services"}):
        return _broken(
            "hub",
            "missing-scope",
            f"Your server's token lacks the scope {needed}, so the exchange turns it away.",
            f'Whoever runs the JupyterHub adds "{needed}" to "scopes" of the roles “server” and “user” in '
            "jupyterhub_config.py (`coursekit hub-config` prints it whole), and restarts the Hub; then restart "
            "your server.",
        )
    return _good("hub", f"Your server's token has the scope that the exchange needs, {needed}.")


def hub_silent(api_url: str, why: str) -> Finding:
    """The Hub itself does not answer."""
    return _broken(
        "hub",
        "no-hub",
        f"The JupyterHub at {api_url} cannot say what your token may do: {why}.",
        "Restart your server from the Hub's control panel; if it stays so, tell whoever runs the Hub.",
    )


def membership(course: str, source: str, courses: Mapping[str, str], staff_work: str) -> Finding:
    """Whether one is in the course, with the role that the work here needs.

    `courses`: those one is in, id → role. `course`: the one meant, or empty. `source`: who named it.
    `staff_work`: what here is staff's, as half a sentence; empty for learners' work.
    """
    if not course:
        if not courses:
            return _broken(
                "course",
                "no-course",
                "You are signed in, and in no course.",
                "Ask the course's staff to add you: coursekit roster add COURSE YOUR-NAME.",
            )
        listed = ", ".join(f"{name} ({role})" for name, role in sorted(courses.items()))
        return _good("course", f"You are signed in, and in {listed}.")
    role = courses.get(course)
    if role is None:
        others = f" You are in {', '.join(sorted(courses))}." if courses else ""
        return _broken(
            "course",
            "not-in-course",
            f"You are signed in, and not in the course {course}, which {source} names.{others}",
            f"Ask its staff to add you: coursekit roster add {course} YOUR-NAME.",
        )
    if staff_work and role == "learner":
        return _broken(
            "role",
            "wrong-role",
            f"You are a learner in {course}, and {staff_work}: releasing, collecting and formgrader need more.",
            f"Ask an instructor: coursekit roster add {course} YOUR-NAME --role grader (or instructor).",
        )
    if staff_work and role == "grader":
        return _note(
            "role",
            "grader",
            f"You are a grader in {course}: collecting, grading and feedback work, and releasing does not.",
            f"To release, ask an instructor: coursekit roster add {course} YOUR-NAME --role instructor.",
        )
    return _good("role", f"You are {'an' if role[:1] in 'aeiou' else 'a'} {role} in {course}.")


# what is here


def folder(check: str, what: str, path: str, problem: str) -> Finding:
    """Whether a folder can be written. `problem`: why not, in a few words; empty when it can."""
    if problem:
        return _broken(
            check,
            "unwritable",
            f"{what}, {path}, cannot be written: {problem}.",
            "Make it a folder that belongs to you, or that you may write to, and make room on its disk.",
        )
    return _good(check, f"{what}, {path}, can be written.")


def room(path: str, free: int) -> Finding:
    """Whether the exchange's disk has room; bytes."""
    left = f"{free / 2**30:.1f} GiB" if free >= 2**30 else f"{free // 2**20} MiB"
    text = f"The disk of {path} has {left} left."
    fix = "Make room there, or move the data folder to a larger disk while the service is stopped."
    if free < _NO_ROOM:
        return _broken("disk", "disk-full", text, fix)
    return _note("disk", "little-room", text, fix) if free < _LITTLE_ROOM else _good("disk", text)


def secrets(folder: str, open_to_others: Sequence[str]) -> Finding:
    """Whether private keys are their owner's alone. `open_to_others`: the files that are not."""
    if open_to_others:
        return _broken(
            "keys",
            "keys-open",
            f"Others on this machine can read private keys: {', '.join(open_to_others)} in {folder}. "
            "Who has them can sign receipts and tokens.",
            f"Run: chmod -R go= {folder}",
        )
    return _good("keys", f"The private keys in {folder} are readable by their owner alone.")


def signing(problem: str, fix: str, number: int) -> Finding:
    """Whether receipts can be signed. `number`: how many keys are published."""
    if problem:
        return _broken("keys", "no-signing-key", problem, fix)
    return _good(
        "keys", f"Receipts can be signed; {number} public key{'s are' if number > 1 else ' is'} published."
    )


def database(where: str, problem: str) -> Finding:
    """Whether the database can be reached."""
    if problem:
        return _broken(
            "database",
            "no-database",
            f"The database, {where}, cannot be reached: {problem}.",
            "Start it, or correct COURSEKIT_DATABASE; for SQLite, put the data folder back from a backup.",
        )
    return _good("database", f"The database, {where}, can be reached.")


def schema(found: str | None, wanted: str) -> Finding:
    """Whether its tables are those that this coursekit works with; versions sort as text."""
    if found is None:
        return _note(
            "schema", "no-tables", "The database has no tables yet.", "`coursekit serve` makes them."
        )
    if found < wanted:
        return _broken(
            "schema",
            "schema-behind",
            f"The database has the tables of version {found}; this coursekit needs {wanted}.",
            "Back it up with `coursekit backup`, then run `coursekit migrate`.",
        )
    if found > wanted:
        return _broken(
            "schema",
            "schema-ahead",
            f"The database has tables of version {found}, newer than this coursekit, which knows {wanted}.",
            "Install the newer coursekit again: pip install --upgrade coursekit.",
        )
    return _good("schema", f"The database has the tables of version {found}, as it should.")


# nbgrader and kernels


@dataclass(frozen=True)
class Nbgrader:
    """nbgrader's configuration, as its commands in this folder would load it."""

    problem: str = ""
    """Why it cannot be loaded; empty when it can."""
    files: tuple[str, ...] = ()
    """The configuration files that were read."""
    course: str = ""
    verbs: Mapping[str, str] | None = None
    """Each of `VERBS` → where its class comes from."""


def nbgrader(seen: Nbgrader, is_in_course: bool) -> Finding:
    """Whether all of nbgrader's exchange is ours. `is_in_course`: this is a folder that nbgrader is run in."""
    line = "from coursekit.nbgrader_exchange import configure; configure(get_config())"
    where = seen.files[-1] if seen.files else "nbgrader_config.py"
    if seen.problem:
        return _broken(
            "nbgrader",
            "nbgrader-config",
            f"nbgrader's configuration cannot be loaded: {seen.problem}.",
            f"Mend {where}.",
        )
    verbs = seen.verbs or {}
    strangers = [verb for verb in VERBS if not verbs.get(verb, "").startswith("coursekit.")]
    if not strangers:
        return _good("nbgrader", "All of nbgrader's exchange goes through coursekit.")
    if len(strangers) == len(VERBS):
        text = "nbgrader does not use this exchange: its commands would write into a shared folder."
        fix = f"Put this line into {where}: {line}"
        if not is_in_course and not seen.files:
            return _note(
                "nbgrader",
                "nbgrader-not-configured",
                "nbgrader is not set up for this exchange here; coursekit's own commands work without it.",
            )
        return _broken("nbgrader", "nbgrader-not-configured", text, fix)
    return _broken(
        "nbgrader",
        "nbgrader-half-configured",
        f"nbgrader's {' and '.join(strangers)} would not go through coursekit; the rest would.",
        f"Take the lines that set c.ExchangeFactory.{strangers[0]} out of {where}, or put ours last: {line}",
    )


def nbgrader_course(course: str) -> Finding | None:
    """Whether nbgrader knows which course it works on; none when it does."""
    if course:
        return None
    return _broken(
        "nbgrader",
        "no-course-id",
        "nbgrader does not know which course this is.",
        'Put this line into nbgrader_config.py: c.CourseDirectory.course_id = "YOUR-COURSE"',
    )


def alembic(is_there: bool) -> Finding:
    """Whether nbgrader finds the command that it calls by its bare name."""
    if is_there:
        return _good("alembic", "nbgrader finds the command alembic, which its gradebook needs.")
    return _broken(
        "alembic",
        "no-alembic",
        "The command alembic is not on the PATH, and nbgrader's gradebook needs it.",
        "Activate the environment that nbgrader is installed in (source .venv/bin/activate), then try again.",
    )


def sandbox(lacks: Sequence[str]) -> Finding:
    """Whether learners' code can be run safely here. `lacks`: a sentence for each thing that is missing."""
    if not lacks:
        return _good("sandbox", "Learners' code can be graded here: it runs in a sandbox.")
    return Finding(
        "sandbox",
        State.NOTE,
        "no-sandbox",
        "Learners' code cannot be graded safely here: " + " ".join(lacks),
        "Install what is missing, or run `coursekit grade` on a machine that has it.",
    )


def kernel(problem: str) -> Finding:
    """Whether a notebook here can import what our forms are made of."""
    if problem:
        return _broken(
            "kernel",
            "kernel-without-coursekit",
            f"Notebooks here cannot show the course's forms: {problem}.",
            "Install coursekit into the kernel's environment: python -m pip install coursekit.",
        )
    return _good("kernel", "Notebooks here can show the course's forms.")


def lab(extension: str, is_served: bool, ours: str) -> Finding:
    """Whether JupyterLab shows the course here. `extension`: its version, or empty; `ours`: coursekit's here."""
    text = "JupyterLab cannot show the course here; coursekit's commands work without it. "
    again = (
        "Run, where JupyterLab is installed: python -m pip install --force-reinstall --no-deps coursekit=="
    )
    if not extension:
        return _note("lab", "no-lab", text + "Its extension is not there.", f"{again}{ours}.")
    if extension != ours:
        return _note(
            "lab",
            "lab-other-version",
            f"JupyterLab's extension is of coursekit {extension}, and here is {ours}.",
            f"{again}{ours}.",
        )
    if not is_served:
        return _note(
            "lab",
            "lab-off",
            text + "The server's side of its extension is switched off.",
            "Whoever runs this server: jupyter server extension enable --sys-prefix coursekit.labserver",
        )
    return _good("lab", "JupyterLab can show the course here.")


def formgrader(is_on: bool, is_learner: bool) -> Finding | None:
    """Whether a learner sees the grader's page; none where it does not matter."""
    if not (is_on and is_learner):
        return None
    return _note(
        "formgrader",
        "formgrader-on",
        "nbgrader's formgrader is switched on for learners here; it shows them pages that are not theirs.",
        "Whoever runs this server: jupyter server extension disable --sys-prefix "
        "nbgrader.server_extensions.formgrader",
    )
