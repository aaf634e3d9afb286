"""Who may sign in at a `coursekit up`: accounts.json with hashes, passwords.csv once for a class."""

from __future__ import annotations

import csv
import io
import json
import os
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

from coursekit.model.errors import BadInput, NotFound
from coursekit.model.people import Role
from coursekit.policy import passwords
from coursekit.policy.roster import Row
from coursekit.policy.up import LEARNERS, STAFF, Account

_SHARED = {row.user for row in (*STAFF, *LEARNERS)}


def read_accounts(file: Path) -> dict[str, Account]:
    """By name; none where there is no file yet. Raises BadInput for a broken one."""
    try:
        kept = json.loads(file.read_bytes())
        return {
            user: Account(user, Role(a["role"]), str(a["password"]), a.get("shared") is True)
            for user, a in kept.items()
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(
            "broken-accounts",
            f"{file} cannot be read.",
            "Delete it, and run `coursekit up` again: it makes new passwords.",
        ) from error


def write_accounts(file: Path, accounts: Mapping[str, Account]) -> None:
    """All of them, whole or not at all, for the owner's eyes alone."""
    rows = {
        a.user: {"role": a.role.value, "password": a.password, "shared": a.shared} for a in accounts.values()
    }
    _write(file, json.dumps(rows, indent=1))


def bring_up_to_date(data: Path, people: Iterable[Row], new_password: bool) -> tuple[str | None, list[str]]:
    """See that everybody has an account. Gives the sample accounts' password if it is new, and who got their own.

    A password is known only now; those of a class are added to passwords.csv.
    """
    file = data / "accounts.json"
    accounts = read_accounts(file)
    shared: str | None = None
    if new_password or not any(a.shared for a in accounts.values()):
        shared = _new_password()
        for account in [a for a in accounts.values() if a.shared]:
            accounts[account.user] = Account(account.user, account.role, _kept(shared), True)
    own: dict[str, str] = {}
    for row in people:
        before = accounts.get(row.user)
        role = row.role or Role.LEARNER
        if before is not None:
            accounts[row.user] = Account(row.user, role, before.password, before.shared)
            continue
        if row.user in _SHARED and row.line == 0:
            if shared is None:
                # A sample account that comes later gets the password that the others have: its hash is enough.
                shared_kept = next(a.password for a in accounts.values() if a.shared)
            else:
                shared_kept = _kept(shared)
            accounts[row.user] = Account(row.user, role, shared_kept, True)
        else:
            own[row.user] = _new_password()
            accounts[row.user] = Account(row.user, role, _kept(own[row.user]))
    _give_out(data, own)
    write_accounts(file, accounts)
    return shared, sorted(own)


def with_password(user: str, role: str, password: str) -> Account:
    """An account with a password that somebody thought of."""
    return Account(user, Role(role), _kept(password))


def renew(data: Path, users: Iterable[str]) -> None:
    """Another password for each of them, added to passwords.csv. Raises NotFound, and then changes nothing."""
    accounts = read_accounts(data / "accounts.json")
    named = list(dict.fromkeys(user.lower() for user in users))
    missing = [user for user in named if user not in accounts]
    if missing:
        raise NotFound(
            "no-such-account",
            f"There is no account {', '.join(missing)}; no password was changed.",
            "Name somebody who is there, or add them with --learners FILE.",
        )
    own = {user: _new_password() for user in named}
    _give_out(data, own)
    for user, password in own.items():
        accounts[user] = Account(user, accounts[user].role, _kept(password))
    write_accounts(data / "accounts.json", accounts)


def _give_out(data: Path, own: Mapping[str, str]) -> None:
    """Before they are kept: a start that is cut off in between must not leave anybody without a password."""
    if not own:
        return
    path = data / "passwords.csv"
    rows: dict[str, str] = {}
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as file:
            rows = {cells[0]: cells[1] for cells in list(csv.reader(file))[1:] if len(cells) == 2}
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([("user", "password"), *{**rows, **own}.items()])
    _write(path, text.getvalue())


def _write(path: Path, text: str) -> None:
    temporary = path.with_name(path.name + ".new")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def _new_password() -> str:
    return passwords.spelled(secrets.token_bytes(passwords.BYTES))


def _kept(password: str) -> str:
    return passwords.kept(password, secrets.token_bytes(passwords.SALT))
