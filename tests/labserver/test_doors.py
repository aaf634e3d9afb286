"""Who may come in, and what is not let in: strangers, other sites, hostile paths and bodies."""

from __future__ import annotations

import json
import re
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.labserver import TOKEN

API = "coursekit/api"
WRITES = [
    ("PUT", "place"),
    ("PUT", "time-zone"),
    ("POST", "modules/first/open"),
    ("POST", "modules/first/update"),
    ("PUT", "modules/first/answers/p1"),
    ("POST", "modules/first/commitments/p1"),
    ("POST", "modules/first/submissions"),
    ("POST", "modules/first/appeals/p2"),
    ("POST", "submissions/abc/copy"),
]
READS = [
    "",
    "/modules/first",
    "/modules/first/submissions",
    "/modules/first/feedback",
    "/modules/first/pointers",
]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "token wrong"}])
def test_strangers_are_told_nothing(maria: Any, course: Any, headers: dict[str, str]) -> None:
    # A client of its own: the others have a cookie by now.
    with httpx.Client(headers=headers, trust_env=False) as stranger:
        for method, path in [*WRITES, *(("GET", p.strip("/")) for p in READS)]:
            answer = stranger.request(method, f"{maria.url}/{API}/{course.path}/{path}".rstrip("/"))
            assert answer.status_code == 403, (method, path)
            assert course.name not in answer.text
        for path in ("courses", "module-of?path=x"):
            assert stranger.get(f"{maria.url}/{API}/{path}").status_code == 403


def test_another_site_cannot_act_with_the_browsers_cookie(maria: Any, course: Any) -> None:
    with httpx.Client(trust_env=False) as browser:
        browser.get(f"{maria.url}/tree", params={"token": TOKEN})
        browser.get(f"{maria.url}/login", params={"token": TOKEN})
        assert browser.get(f"{maria.url}/{API}/courses").is_success
        for method, path in WRITES:
            url = f"{maria.url}/{API}/{course.path}/{path}"
            assert browser.request(method, url, content=b"{}").status_code == 403, path
        place = {"module": "first", "cell_id": "p1", "prompt": None}
        xsrf = {"X-XSRFToken": browser.cookies["_xsrf"]}
        url = f"{maria.url}/{API}/{course.path}/place"
        assert browser.put(url, json=place, headers=xsrf).status_code == 204
        elsewhere = xsrf | {"Origin": "https://elsewhere.example"}
        assert browser.get(f"{maria.url}/{API}/courses", headers=elsewhere).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "",
        ".",
        "..",
        "/",
        "../../x",
        "/etc/passwd",
        "{course}/first",
        "{course}/first/",
        "{course}/first/prompts.json",
        "{course}/first/nothing.ipynb",
        "{course}/first/.coursekit/release.json",
        "{course}/linked/first.ipynb",
        "{course}/first/linked.ipynb",
        "outside/first.ipynb",
        "x%00y",
        "a" * 5000,
        "\ud83d",
        "%ff%fe",
    ],
)
def test_a_path_that_is_no_modules_notebook(maria: Any, course: Any, path: str) -> None:
    first = maria.folder(course.name, "first")
    links = {first.with_name("linked"): first, first / "linked.ipynb": first / "first.ipynb"}
    outside = maria.home / f"outside-{course.name}"
    shutil.copytree(first, outside)
    links[maria.root / "outside"] = outside
    for link, to in links.items():
        link.unlink(missing_ok=True)
        link.symlink_to(to)
    asked = path.format(course=course.name).encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    query = asked if "%" in asked else str(httpx.QueryParams({"path": asked}))[5:]
    answer = maria.ask("GET", f"module-of?path={query}")
    assert (answer.status_code, answer.text) in ((200, "null"), (400, answer.text)), answer.text
    shutil.rmtree(outside)


def test_a_notebook_is_found_by_every_spelling_of_its_path_that_stays_inside(maria: Any, course: Any) -> None:
    here = f"{course.name}/first/first.ipynb"
    for path in (here, f"{course.name}/./first/../first/first.ipynb", f"../{maria.root.name}/{here}"):
        assert maria.get(f"module-of?path={path}")["module"] == "first"
    assert maria.ask("GET", "module-of").text == "null"


def test_a_folder_that_is_a_link_is_not_written_to(maria: Any, course: Any, tmp_path: Path) -> None:
    shutil.rmtree(maria.folder(course.name, "first"))
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    maria.folder(course.name, "first").symlink_to(theirs)
    assert maria.no("POST", f"{course.at()}/open", {}) == (409, "in-the-way")
    maria.folder(course.name, "first").unlink()
    maria.root.joinpath(course.name).rmdir()
    maria.root.joinpath(course.name).symlink_to(theirs)
    assert maria.no("POST", f"{course.at()}/open", {}) == (409, "in-the-way")
    assert list(theirs.iterdir()) == []
    maria.root.joinpath(course.name).unlink()


def test_something_else_in_a_modules_place_is_left_alone(maria: Any, course: Any) -> None:
    folder = maria.folder(course.name, "first")
    shutil.rmtree(folder)
    folder.mkdir()
    (folder / "diary.txt").write_text("mine")
    assert maria.no("POST", f"{course.at()}/open", {}) == (409, "in-the-way")
    assert [p.name for p in folder.iterdir()] == ["diary.txt"]


@pytest.mark.parametrize(
    "name", ["nothing", "..", "%2e%2e", "a b", "%00", "UPPER", "x" * 300, "%F0%9F%99%82"]
)
def test_names_that_name_nothing(maria: Any, course: Any, name: str) -> None:
    place = {"module": "first", "cell_id": "c", "prompt": None}
    bodies = {"answers": {"response": {}}, "commitments": {"shown": {}}, "submissions": {"shown": []}}
    for method, path in WRITES:
        kind = path.split("/")[2] if path.count("/") > 1 else path
        body = (
            place if path == "place" else {"time_zone": ""} if path == "time-zone" else bodies.get(kind, {})
        )
        answers = [maria.ask(method, f"courses/{name}/{path}", body)]
        if "first" in path:
            answers.append(maria.ask(method, f"{course.path}/{path.replace('first', name)}", body))
        if path.endswith(("/p1", "/p2")):
            answers.append(maria.ask(method, f"{course.path}/{path[:-2]}{name}", body))
        for answer in answers:
            # What is kept for a course that is none hurts nobody.
            expected = (204, 404) if path == "place" else (404, 409, 422)
            # A browser takes the dots for a step up, and asks for another route.
            expected += (405,) if name == ".." else ()
            assert answer.status_code in expected, (path, answer.text)
    for path in READS:
        assert maria.ask("GET", f"courses/{name}{path}").status_code in (404, 422)
    assert not (maria.home / "first").exists()
    assert "Traceback" not in maria.log()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"3",
        b'"text"',
        b"null",
        b"{}",
        b'{"response": 3, "shown": 3, "time_zone": 3, "module": 3, "reason": 3}',
        b'{"response": {"value": NaN}, "shown": {"value": Infinity}}',
        b'{"response": {"value": 3}, "shown": {}, "more": 1}',
        b'{"shown": [{"cell_id": "x"}]}',
        b'{"shown": [3], "allow_missing": "perhaps"}',
        b'{"response": ' + b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_bodies_that_are_none(maria: Any, course: Any, content: bytes) -> None:
    for method, path in WRITES:
        if path.endswith(("open", "update", "copy")) or (path.endswith("p2") and content in (b"", b"{}")):
            continue
        assert maria.no(method, f"{course.path}/{path}", content=content) == (422, "bad-request"), path
    assert not (maria.folder(course.name, "first") / "responses.json").exists()
    assert "Traceback" not in maria.log()


def test_an_answer_that_no_form_sends(maria: Any, course: Any) -> None:
    at = f"{course.at()}/answers/p1"
    deep = {"response": {"value": {"a": {"b": {"c": {}}}}}}
    assert maria.no("PUT", at, deep) == (422, "unreadable-answer")
    assert maria.no("PUT", at, {"response": {"reason": "x" * 1_000_001}}) == (413, "too-large")
    assert not (maria.folder(course.name, "first") / "responses.json").exists()


def test_half_an_emoji_is_kept_and_not_sealed(maria: Any, course: Any) -> None:
    """As a browser leaves it when it cuts a text."""
    content = b'{"response": {"value": 3, "reason": "so \\ud83d"}}'
    said = maria.ask("PUT", f"{course.at()}/answers/p1", content=content)
    assert said.json()["prompt"]["response"]["reason"] == "so \ud83d"
    assert maria.get(course.at())["prompts"][0]["response"]["reason"] == "so \ud83d"
    shown = b'{"shown": {"value": 3, "reason": "so \\ud83d"}}'
    assert maria.no("POST", f"{course.at()}/commitments/p1", content=shown) == (422, "unreadable-answer")
    place = b'{"module": "first", "cell_id": "\\ud83d", "prompt": null}'
    assert maria.no("PUT", f"{course.path}/place", content=place) == (422, "bad-request")
    assert maria.get(course.path)["place"] is None


def test_a_module_that_was_moved_is_the_same_module(maria: Any, course: Any) -> None:
    moved = maria.root / "my things" / course.name / "lamp"
    moved.parent.mkdir(parents=True)
    maria.put(f"{course.at()}/answers/p1", {"response": {"value": 7}})
    maria.folder(course.name, "first").rename(moved)
    assert maria.no("GET", course.at()) == (404, "not-here-yet")
    here = f"my things/{course.name}/lamp"
    # By the panel, or by its notebook.
    assert maria.post(f"{course.at()}/open")["folder"] == here
    assert maria.get(f"module-of?path={here}/first.ipynb")["prompts"][0]["response"] == {"value": 7}
    assert maria.get(course.path)["steps"][0]["folder"] == here
    # A second copy is an ordinary notebook: its answers would be saved into the first.
    shutil.copytree(moved, maria.root / course.name / "copy")
    assert maria.get(f"module-of?path={course.name}/copy/first.ipynb") is None
    back = maria.root / course.name / "first"
    moved.rename(back)
    assert maria.get(course.at())["folder"] == f"{course.name}/first"


def test_a_server_in_a_modules_own_folder(servers: Any, maria: Any, course: Any) -> None:
    there = maria.folder(course.name, "first")
    lab = servers("maria", shows=there).begin().started()
    found = lab.get("module-of?path=first.ipynb")
    assert (found["folder"], found["notebook"]) == ("", "first.ipynb")
    assert lab.post(f"{course.at()}/open") == {"folder": "", "notebook": "first.ipynb", "release": 1}
    lab.put(f"{course.at()}/answers/p1", {"response": {"value": 5}})
    assert json.loads((there / "responses.json").read_text())["responses"] == {"p1": {"value": 5}}
    lab.put(f"{course.path}/place", {"module": "first", "cell_id": "p2", "prompt": None})
    asked = {"shown": maria.shown(course.name, "first"), "allow_missing": True}
    done = lab.post(f"{course.at()}/submissions", asked)
    sent = course.chen.read_submission(course.name, done["submission"]).files
    assert sorted(f.path for f in sent) == ["first.ipynb", "responses.json"]
    lab.stop()


def test_a_teacher_sees_the_course_as_a_teacher(servers: Any, course: Any) -> None:
    lab = servers("chen").begin().started()
    seen = lab.get(course.path)
    assert (seen["role"], [s["module"] for s in seen["steps"]]) == ("instructor", ["first", "second"])
    assert lab.post(f"{course.at()}/open")["release"] == 1
    # Their own folder of the master, which was never fetched.
    own = lab.root / "second"
    shutil.copytree(lab.folder(course.name, "first"), own)
    shutil.rmtree(own / ".coursekit")
    listed = json.loads((own / "prompts.json").read_text())
    (own / "prompts.json").write_text(json.dumps(listed | {"module": "second", "notebook": "second"}))
    (own / "first.ipynb").rename(own / "second.ipynb")
    found = lab.get("module-of?path=second/second.ipynb")
    assert (found["module"], found["release"]) == ("second", None)
    assert lab.no("POST", f"{course.at('second')}/update", {}) == (422, "not-fetched")
    lab.stop()


@pytest.fixture(scope="module")
def signed_out(servers: Any) -> Any:
    """A whole Jupyter server, with all of its extensions, of somebody who is signed in nowhere."""
    return servers("nobody", bare=False, environment={"COURSEKIT_TOKEN": ""}).begin().started()


def test_without_a_token_the_server_starts_and_says_how_to_sign_in(signed_out: Any) -> None:
    assert "coursekit.labserver | extension was successfully loaded" in signed_out.log()
    assert signed_out.no("GET", "courses") == (401, "no-token")
    assert signed_out.no("GET", "courses/lamps-1") == (401, "no-token")
    assert signed_out.no("GET", "courses/lamps-1?since=x&wait=5") == (401, "no-token")
    assert signed_out.no("POST", "courses/lamps-1/modules/first/open", {}) == (401, "no-token")
    assert signed_out.get("module-of?path=x.ipynb") is None
    assert signed_out.line.get(
        f"{signed_out.url}/api/contents", headers={"Authorization": f"token {TOKEN}"}
    ).is_success
    assert "Traceback" not in signed_out.log()


def test_who_signs_in_need_not_start_the_server_again(signed_out: Any, course: Any) -> None:
    login = signed_out.home / ".config" / "coursekit" / "login.json"
    login.parent.mkdir(parents=True)
    url = signed_out.environment["COURSEKIT_URL"]
    login.write_text(json.dumps({"url": url, "token": course.house.token("maria")}))
    assert signed_out.get(course.path)["role"] == "learner"
    login.unlink()
    assert signed_out.no("GET", course.path) == (401, "no-token")


def test_a_token_that_died_in_the_middle_of_the_work(maria: Any, course: Any) -> None:
    line = course.house.line
    maria.put(f"{course.at()}/answers/p1", {"response": {"value": 8}})
    asked = {"shown": maria.shown(course.name, "first"), "allow_missing": True}
    line.token = course.house.token("maria", timedelta(seconds=-1))
    ended = (401, "token-ended")
    assert maria.no("GET", course.path) == ended
    assert maria.no("GET", f"{course.path}?since=x&wait=9") == ended
    assert maria.no("POST", f"{course.at()}/commitments/p1", {"shown": {"value": 8}}) == ended
    assert maria.no("POST", f"{course.at()}/submissions", asked) == ended
    # What is on this server goes on.
    assert maria.put(f"{course.at()}/answers/p1", {"response": {"value": 9}})["heard"] == "9"
    assert maria.get(course.at())["prompts"][0]["response"] == {"value": 9}
    line.token = ""
    done = maria.post(f"{course.at()}/submissions", asked | {"shown": maria.shown(course.name, "first")})
    assert done["missing"] == ["p2"]


def test_a_guest_who_may_look_may_not_hand_in(servers: Any, course: Any) -> None:
    """A server that is shared: Jupyter's own rules for guests hold for our routes as well."""
    home = servers("maria").home
    (home / "jupyter_server_config.py").write_text(
        "from jupyter_server.auth import Authorizer\n"
        "class ReadOnly(Authorizer):\n"
        "    def is_authorized(self, handler, user, action, resource):\n"
        "        return action == 'read' and resource == 'coursekit'\n"
        "c.ServerApp.authorizer_class = ReadOnly\n"
    )
    config = f"--config={home / 'jupyter_server_config.py'}"
    lab = servers("maria", options=(config,)).begin().started()
    assert lab.get(course.path)["role"] == "learner"
    for method, path in WRITES:
        assert lab.ask(method, f"{course.path}/{path}", {}).status_code == 403, path
    assert not lab.folder(course.name, "first").exists()
    lab.stop()


def test_no_word_of_the_exchange_or_its_token_is_told(maria: Any, course: Any) -> None:
    token = maria.environment["COURSEKIT_TOKEN"]
    for path in ("courses", course.path, course.at(), f"{course.at()}/submissions", "courses/nothing"):
        assert token not in maria.ask("GET", path).text
    assert token not in maria.log()
    assert not re.search(r"eyJ[\w-]{20}", maria.log())
