"""On a real JupyterHub, the newest and the oldest supported: who people are, from their servers to the exchange."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from coursekit.client import ExchangeClient
from coursekit.model.errors import NotFound

C = "lamps"
API = "/api/v1"
SCOPE = "access:services!service={}"

Open = Callable[[str], Any]


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    body: dict[str, Any] = answer.json()
    assert (answer.status_code, body["code"]) == (status, code), body
    assert body["next_step"]
    return body


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


# the exchange is where the Hub says


def test_it_answers_below_the_hubs_prefix_and_at_its_own_address(hub: Any) -> None:
    for base in (hub.behind_the_proxy, hub.direct, f"{hub.direct}/services/coursekit"):
        answer = hub.line.get(f"{base}{API}/health")
        assert (answer.status_code, answer.json()["service"]) == (200, "coursekit-exchange"), base
    # The piece was printed twice, once for each exchange, and neither took away what stood above it.
    answer = hub.line.get(f"{hub.url}/services/outside{API}/health")
    assert answer.json()["service"] == "coursekit-exchange"


def test_what_the_operator_had_configured_is_still_there(hub: Any) -> None:
    assert {"gardeners", f"formgrade-{C}", f"nbgrader-{C}"} <= {g["name"] for g in hub.ask("GET", "/groups")}
    assert hub.run("maria", "import os; print(os.environ['OPERATORS_OWN'])") == "kept\n"


def test_the_roles_have_what_the_hub_gives_and_our_scopes_and_no_more(hub: Any) -> None:
    ours = {SCOPE.format("coursekit"), SCOPE.format("outside")}
    code = "import json; from jupyterhub.roles import get_default_roles as r; print(json.dumps(r()))"
    told = subprocess.run([hub.bin / "python", "-c", code], capture_output=True, text=True, check=True)
    defaults = {role["name"]: set(role["scopes"]) for role in json.loads(told.stdout)}
    with_sqlite = (
        "import json, sqlite3; db = sqlite3.connect('hub.sqlite');"
        "print(json.dumps(dict(db.execute('select name, scopes from roles'))))"
    )
    told = subprocess.run(
        [hub.bin / "python", "-c", with_sqlite], cwd=hub.folder, capture_output=True, text=True, check=True
    )
    kept = {name: set(json.loads(scopes)) for name, scopes in json.loads(told.stdout).items()}
    for role in ("user", "server"):
        assert kept[role] == defaults[role] | ours
    for role in ("admin", "token"):
        assert kept[role] == defaults[role]


# a learner, in their own server

WORK = """
import json, pathlib, subprocess
def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    print(done.stdout + done.stderr)
    assert done.returncode == 0, (command, done.returncode)
run("coursekit", "path", "lamps")
run("coursekit", "fetch", "lamps", "first", "--to", folder)
path = pathlib.Path(folder) / "first.ipynb"
notebook = json.loads(path.read_text())
notebook["cells"][0]["source"] = "Because the lamp was on all night."
path.write_text(json.dumps(notebook))
run("coursekit", "commit", "p1", "--in", folder)
run("coursekit", "submit", folder)
"""


def test_a_learner_fetches_commits_and_submits_without_signing_in(hub: Any) -> None:
    printed = hub.run("maria", "folder = 'first'" + WORK)
    assert "coursekit fetch lamps first" in printed
    assert "IT WAS THE LAMP" in printed
    assert "Handed in at" in printed
    with ExchangeClient(hub.direct, hub.token_of("ines")) as teacher:
        (row,) = [r for r in teacher.submissions(C, "first") if r.learner == "maria"]
        content = teacher.read_submission(C, row.submission)
        assert content.responses == {"p1": {"text": "Because the lamp was on all night."}}
    # Nothing of the token was written down in the learner's folder.
    assert not list((hub.folder / "homes").rglob("login.json"))


def test_nbgrader_lists_for_them_as_well(hub: Any) -> None:
    code = """
import pathlib, subprocess
pathlib.Path("nbgrader_config.py").write_text(
    "from coursekit.nbgrader_exchange import configure; configure(get_config())"
)
done = subprocess.run(["nbgrader", "list", "--course", "lamps"], capture_output=True, text=True)
print(done.stdout + done.stderr)
assert done.returncode == 0
"""
    assert "first" in hub.run("maria", code)


def test_an_exchange_that_the_hub_did_not_start_takes_the_same_token(hub: Any) -> None:
    beside = f"import os; os.environ['COURSEKIT_URL'] = {hub.outside_url!r}; folder = 'outside'"
    printed = hub.run("maria", beside + WORK)
    assert "IT WAS THE LAMP" in printed
    assert "Handed in at" in printed
    with ExchangeClient(f"{hub.url}/services/outside", hub.token_of("ines")) as teacher:
        assert [r.learner for r in teacher.submissions(C, "first")] == ["maria"]


def test_only_whoever_teaches_gets_formgrader(hub: Any) -> None:
    assert hub.get("ines", "/formgrader/api/status").status_code == 200
    assert hub.get("maria", "/formgrader/api/status").status_code == 404
    # The rest of nbgrader is there for both.
    assert (
        hub.get("maria", "/nbgrader_version").status_code == hub.get("ines", "/nbgrader_version").status_code
    )


# whose token it is


def test_a_servers_token_without_the_scope_is_refused_by_name(hub: Any, open_house: Open) -> None:
    locked = open_house("locked")
    locked.enrol(maria="learner")
    for token in (hub.token_inside("maria"), hub.token_of("maria")):
        for answer in (locked.read(token), locked.write(token)):
            body = problem(answer, 403, "missing-scope")
            assert SCOPE.format("locked") in body["detail"]
            assert "“user” and “server”" in body["next_step"]


def test_a_servers_token_with_the_scope_is_its_owner_and_nobody_else(hub: Any, open_house: Open) -> None:
    house = open_house("coursekit")
    house.enrol(maria="learner", olu="learner")
    marias, olus = hub.token_inside("maria"), hub.token_of("olu")
    for token, name in ((marias, "maria"), (olus, "olu")):
        # Names that the caller sends, in whatever place, change nothing.
        headers = bearer(token) | {"X-Forwarded-User": "ines", "REMOTE_USER": "ines", "Cookie": "user=ines"}
        query = "user=ines&learner=ines&student_id=ines"
        answer = house.line.get(f"{house.url}{API}/courses/{C}/me?{query}", headers=headers)
        assert answer.json()["user"] == name


def test_a_learner_reads_no_other_learners_submission(hub: Any) -> None:
    with ExchangeClient(hub.direct, hub.token_of("ines")) as teacher:
        (row,) = [r for r in teacher.submissions(C, "first") if r.learner == "maria"]
    hub.put_in_group("olu", f"nbgrader-{C}")
    with ExchangeClient(hub.direct, hub.token_inside("maria")) as maria:
        assert maria.read_submission(C, row.submission).row.learner == "maria"
    with ExchangeClient(hub.direct, hub.token_of("olu")) as olu, pytest.raises(NotFound) as caught:
        olu.read_submission(C, row.submission)
    assert caught.value.code == "no-such-submission"


@pytest.mark.parametrize("token", ["0" * 32, "nobody", "a.b.c", "x" * 4000])
def test_a_token_that_the_hub_does_not_know_is_refused(hub: Any, token: str) -> None:
    answer = hub.line.get(f"{hub.behind_the_proxy}{API}/courses", headers=bearer(token))
    problem(answer, 401, "bad-token")


def test_cookies_are_nobody_and_no_xsrf_header_is_asked_for(hub: Any) -> None:
    # Signed in to the Hub as a browser is; the cookies go to /services/coursekit as well.
    with httpx.Client(timeout=30, trust_env=False, follow_redirects=True) as browser:
        page = browser.get(f"{hub.url}/hub/login")
        xsrf = next(c.value for c in browser.cookies.jar if c.name.endswith("_xsrf"))
        form = {"username": "zoe", "password": "any", "_xsrf": xsrf}
        page = browser.post(f"{hub.url}/hub/login", data=form, follow_redirects=False)
        assert page.status_code == 302, page.text
        problem(browser.get(f"{hub.behind_the_proxy}{API}/courses"), 401, "no-token")
        problem(
            browser.put(f"{hub.behind_the_proxy}{API}/courses/{C}/me", json={"time_zone": ""}),
            401,
            "no-token",
        )
    # A bearer token is all that a change needs, through the proxy as well.
    answer = hub.line.put(
        f"{hub.behind_the_proxy}{API}/courses/{C}/me",
        json={"time_zone": "Africa/Lagos"},
        headers=bearer(hub.token_of("maria")),
    )
    assert answer.is_success, answer.text


def test_a_service_of_the_hub_is_nobody_until_a_roster_names_it(hub: Any, open_house: Open) -> None:
    house = open_house("coursekit")
    problem(house.read(hub.desk), 403, "missing-scope")
    assert house.read(hub.grading).json() == []
    house.enrol(**{"hub-service-grading": "grader"})
    (row,) = house.read(hub.grading).json()
    assert (row["course"], row["role"]) == (C, "grader")


def test_the_exchanges_own_token_works_beside_the_hubs_and_never_reaches_the_hub(hub: Any) -> None:
    token = subprocess.run(
        [hub.bin / "coursekit", "token", "gil", "--data", hub.folder / "managed"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    before = hub.log().count("GET /hub/api/user ")
    assert hub.line.get(f"{hub.direct}{API}/courses", headers=bearer(token)).json() == []
    # Signed by another exchange: asked of ours alone, and refused.
    other = subprocess.run(
        [hub.bin / "coursekit", "token", "gil", "--data", hub.folder / "outside"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    problem(hub.line.get(f"{hub.direct}{API}/courses", headers=bearer(other)), 401, "bad-token")
    assert hub.log().count("GET /hub/api/user ") == before


# groups


def roles(house: Any, token: str) -> list[str]:
    return [row["role"] for row in house.read(token).json()]


def test_a_hub_group_is_one_input_and_the_roster_outweighs_it(hub: Any, open_house: Open) -> None:
    house = open_house("coursekit")
    token = hub.token_of("zoe")
    problem(house.write(token), 404, "no-such-course")
    hub.put_in_group("zoe", f"nbgrader-{C}")
    assert house.write(token).is_success
    assert roles(house, token) == ["learner"]
    hub.put_in_group("zoe", f"formgrade-{C}")
    house.advance(30)
    assert roles(house, token) == ["instructor"]
    house.enrol(zoe="grader")
    assert roles(house, token) == ["grader"]
    hub.take_out_of_group("zoe", f"formgrade-{C}")
    hub.take_out_of_group("zoe", f"nbgrader-{C}")
    assert house.write(token).is_success
    assert roles(house, token) == ["grader"]


def test_whoever_leaves_the_group_is_out_at_the_next_write(hub: Any, open_house: Open) -> None:
    house = open_house("coursekit")
    token = hub.token_of("gil")
    hub.put_in_group("gil", f"nbgrader-{C}")
    assert house.write(token).is_success
    hub.take_out_of_group("gil", f"nbgrader-{C}")
    assert roles(house, token) == ["learner"]
    problem(house.write(token), 404, "no-such-course")
    assert roles(house, token) == []
    # Whoever only looks is out with the time.
    hub.put_in_group("gil", f"nbgrader-{C}")
    assert house.write(token).is_success
    hub.take_out_of_group("gil", f"nbgrader-{C}")
    house.advance(30)
    assert roles(house, token) == []


# coursekit doctor, in a server

DOCTOR = """
import os, subprocess
done = subprocess.run(["coursekit", "doctor"], capture_output=True, text=True, env={**os.environ, **more})
print(done.returncode, done.stdout + done.stderr)
"""


def test_the_doctor_finds_the_way_from_a_server(hub: Any) -> None:
    said = hub.run("maria", "more = {}\n" + DOCTOR)
    assert "✓ service    The exchange answers" in said
    scope = SCOPE.format("coursekit")
    assert f"✓ hub        Your server's token has the scope that the exchange needs, {scope}.\n" in said
    assert f"✓ course     You are signed in, and in {C} (learner).\n" in said
    assert "✗" not in said
    # hub-config starts learners' servers without it.
    assert "– formgrader" not in said


def test_the_doctor_names_the_scope_that_is_missing(hub: Any) -> None:
    bare = hub.ask("POST", "/users/maria/tokens", {"note": "bare", "scopes": ["read:users!user"]})["token"]
    said = hub.run("maria", f"more = {{'JUPYTERHUB_API_TOKEN': {bare!r}}}\n" + DOCTOR)
    assert said.startswith("1 ")
    scope = SCOPE.format("coursekit")
    assert (
        f"✗ hub        Your server's token lacks the scope {scope}, so the exchange turns it away.\n" in said
    )
    assert bare not in said


# when something ends; these come last


def test_a_stopped_servers_token_ends_for_writes_at_once_and_for_reads_soon(
    hub: Any, open_house: Open
) -> None:
    house = open_house("coursekit")
    token = hub.token_inside("maria")
    assert house.write(token).is_success
    assert roles(house, token) == ["learner"]
    hub.stop_server("maria")
    house.advance(29)
    assert roles(house, token) == ["learner"]
    house.advance(1)
    problem(house.read(token), 401, "bad-token")
    # At the Hub's own exchange, by the real clock: a write at once, and once that was refused, reads as well.
    me = f"{hub.behind_the_proxy}{API}/courses/{C}/me"
    problem(hub.line.put(me, json={"time_zone": ""}, headers=bearer(token)), 401, "bad-token")
    problem(hub.line.get(me, headers=bearer(token)), 401, "bad-token")


# The server of ines runs on; a Hub that was started anew cannot end the tokens of the servers it finds.
def test_while_the_hub_is_away_known_readers_read_and_nobodys_token_is_bad(
    hub: Any, open_house: Open
) -> None:
    house = open_house("coursekit")
    inside, olus = hub.token_inside("ines"), hub.token_of("olu")
    assert roles(house, inside) == ["instructor"]
    with ExchangeClient(hub.outside_url, inside) as outside:
        assert [row.course for row in outside.courses()] == [C]
        hub.stop()
        try:
            assert roles(house, inside) == ["instructor"]
            assert [row.course for row in outside.courses()] == [C]
            problem(house.write(inside), 502, "hub-unreachable")
            problem(house.read(olus), 502, "hub-unreachable")
            # The failed write ended nothing; the time does.
            assert roles(house, inside) == ["instructor"]
            house.advance(30)
            problem(house.read(inside), 502, "hub-unreachable")
            answer = hub.line.get(f"{hub.outside_url}{API}/courses", headers=bearer(olus))
            problem(answer, 502, "hub-unreachable")
        finally:
            hub.start()
    # The same token holds again, and what the Hub's own exchange kept is there.
    assert house.write(inside).is_success
    assert roles(house, inside) == ["instructor"]
    with ExchangeClient(hub.behind_the_proxy, inside) as teacher:
        assert [row.learner for row in teacher.submissions(C, "first")] == ["maria"]
    assert "first" in hub.run("ines", "import subprocess as s; print(s.getoutput('coursekit path lamps'))")
