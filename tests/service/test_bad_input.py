"""Whatever comes in crooked is refused with a reason and a next step, and nothing of it is kept."""

from __future__ import annotations

import base64
import json
import re
import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from coursekit.model.ids import UserId
from coursekit.model.submission import sha256
from coursekit.store.keys import LocalTokens
from coursekit.wire.api import API, SealedShape

C = "/courses/lamps"
FIRST = f"{C}/modules/first"


def shape(path: str, data: bytes = b"x", **changes: Any) -> dict[str, Any]:
    whole = {"path": path, "sha256": sha256(data), "content": base64.b64encode(data).decode()}
    return whole | changes


# names and sizes


NO_FILES: list[tuple[list[str], str]] = [
    (["../first.txt"], "unsafe-path"),
    (["a/../../b"], "unsafe-path"),
    (["a/./b"], "unsafe-path"),
    (["/etc/passwd"], "unsafe-path"),
    (["~/.profile"], "unsafe-path"),
    (["C:/autoexec.bat"], "unsafe-path"),
    (["a\\b.txt"], "unsafe-path"),
    (["..\\b.txt"], "unsafe-path"),
    ([".bashrc"], "unsafe-path"),
    (["a/.hidden/b"], "unsafe-path"),
    (["a//b"], "unsafe-path"),
    ([""], "unsafe-path"),
    (["a/"], "unsafe-path"),
    (["a\x00b"], "unsafe-path"),
    (["a\nb"], "unsafe-path"),
    (["a\u202eb"], "unsafe-path"),
    (["nul.txt"], "unsafe-path"),
    (["a "], "unsafe-path"),
    (["half \ud83d"], "unsafe-path"),
    (["灯" * 90], "unsafe-path"),
    (["a/b/c/d/e/f/g/h/i"], "unsafe-path"),
    (["x" * 201], "unsafe-path"),
    (["Lamp.txt", "lamp.txt"], "clashing-names"),
    (["caf\u00e9.txt", "cafe\u0301.txt"], "clashing-names"),
    (["lamp", "lamp/on.txt"], "clashing-names"),
    (["Lamp/on.txt", "lamp"], "clashing-names"),
    (["one.txt", "one.txt"], "clashing-names"),
    ([], "no-files"),
    ([f"{n}.txt" for n in range(21)], "too-many-files"),
]


@pytest.mark.parametrize("door", ["submission", "release", "sealed", "feedback"])
def test_names_that_are_no_plain_files_are_refused(lamps: Any, problem: Any, make: Any, door: str) -> None:
    before = lamps.kept()
    prompts = [make.prompt("p1")]
    good = [shape("good.txt", b"not to be kept")]
    for paths, code in NO_FILES:
        files = [shape(p) for p in paths]
        who, route, body = {
            "submission": ("maria", "submissions", {"files": files, "responses": {"p1": make.answer()}}),
            "release": ("chen", "releases", {"files": files, "prompts": prompts}),
            "sealed": (
                "chen",
                "releases",
                {"files": good, "prompts": prompts, "reveals": [{"after": "p1", "files": files}]},
            ),
            "feedback": ("gil", "feedback", {"learner": "maria", "score": 1, "max_score": 2, "files": files}),
        }[door]
        if door == "sealed" and not files:
            # A reveal of text alone is a reveal.
            continue
        problem(lamps.raw("POST", f"{FIRST}/{route}", who, body=body), 422, code)
        assert lamps.kept() == before, paths


def test_a_file_that_is_too_large_is_refused(lamps: Any, problem: Any) -> None:
    body = {"files": [shape("ok.txt"), shape("big.bin", b"x" * (64 * 1024 + 1))]}
    before = lamps.kept()
    told = problem(lamps.raw("POST", f"{FIRST}/submissions", "maria", body=body), 413, "file-too-large")
    assert "big.bin" in told["detail"]
    assert lamps.kept() == before


def test_files_that_are_too_large_together_are_refused(lamps: Any, problem: Any) -> None:
    body = {"files": [shape(f"{n}.bin", b"x" * 60_000) for n in range(3)]}
    before = lamps.kept()
    problem(lamps.raw("POST", f"{FIRST}/submissions", "maria", body=body), 413, "upload-too-large")
    assert lamps.kept() == before


def test_a_body_that_is_declared_too_large_is_refused_unread(lamps: Any, problem: Any) -> None:
    body = b'{"files": "' + b"x" * (2 * 2**20) + b'"}'
    problem(lamps.raw("POST", f"{FIRST}/submissions", "maria", content=body), 413, "upload-too-large")


def test_a_body_without_a_length_is_refused_while_it_streams(lamps: Any) -> None:
    """Chunk after chunk and no content-length: the service stops reading soon after its limit."""
    host, port = lamps.url.removeprefix("http://").split(":")
    head = (
        f"POST {API}{FIRST}/submissions HTTP/1.1\r\nHost: {host}\r\n"
        f"Authorization: Bearer {lamps.token('maria')}\r\n"
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    before = lamps.kept()
    sent = 0
    with socket.create_connection((host, int(port)), timeout=20) as line:
        line.sendall(head.encode())
        answer = b""
        line.settimeout(0.05)
        while sent < 4 * 2**20 and not answer:
            try:
                line.sendall(chunk)
                sent += len(chunk)
            except TimeoutError:
                pass
            except OSError:
                break
            try:
                answer = line.recv(65536)
            except TimeoutError:
                continue
            except OSError:
                break
        line.settimeout(20)
        while answer and not answer.endswith(b"}"):
            answer += line.recv(65536)
    assert answer.startswith(b"HTTP/1.1 413 "), (sent, answer)
    told = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert (told["code"], told["status"]) == ("upload-too-large", 413)
    assert told["next_step"]
    # It answered about where its limit is, long before the end.
    assert sent < 3 * 2**20
    assert lamps.kept() == before
    assert lamps.as_user("maria").health().version


def test_a_client_that_streams_too_much_gets_the_same_refusal(lamps: Any, problem: Any) -> None:
    def drip() -> Iterator[bytes]:
        for _ in range(48):
            yield b"x" * 65536

    answer = lamps.raw("POST", f"{FIRST}/submissions", "maria", content=drip())
    problem(answer, 413, "upload-too-large")


def test_bytes_that_do_not_match_their_digest_are_refused(lamps: Any, problem: Any) -> None:
    body = {"files": [shape("ok.txt"), shape("lamp.txt", sha256="0" * 64)]}
    before = lamps.kept()
    told = problem(lamps.raw("POST", f"{FIRST}/submissions", "maria", body=body), 422, "digest-mismatch")
    assert told["detail"] == "lamp.txt did not arrive as it was sent."
    assert lamps.kept() == before


@pytest.mark.parametrize(
    "body",
    [
        {"files": [shape("a", content="not base64!")]},
        {"files": [shape("a", content="YQ")]},
        {"files": [shape("a", content=7)]},
        {"files": [shape("a", sha256="F" * 64)]},
        {"files": [shape("a", sha256="abc")]},
        {"files": [shape("a", mode="0777")]},
        {"files": {}},
        {"files": [], "responses": {"p1": "text"}},
        {"files": [], "responses": []},
        {"files": [], "learner": "olu"},
        {"files": [], "responses": {"\ud83d": 1}},
        {},
        [],
        "files",
        None,
    ],
)
def test_bodies_of_another_shape_are_refused(lamps: Any, problem: Any, body: Any) -> None:
    before = lamps.kept()
    problem(lamps.raw("POST", f"{FIRST}/submissions", "maria", body=body), 422, "bad-request")
    assert lamps.kept() == before


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"a": ' + b"9" * 5000 + b"}"],
    ids=["empty", "half", "no text", "deep", "long number"],
)
def test_bodies_that_are_no_json_are_refused(lamps: Any, content: bytes) -> None:
    answer = lamps.raw("POST", f"{FIRST}/submissions", "maria", content=content)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"code", "title", "detail", "next_step"} <= answer.json().keys()


def test_a_refusal_never_repeats_somebodys_answer(lamps: Any) -> None:
    secret = "what I think of my school"
    for body in ({"response": secret}, {"response": {"text": secret}, "release": secret}):
        answer = lamps.raw("POST", f"{FIRST}/commitments/p1", "maria", body=body)
        assert answer.status_code == 422
        assert secret not in answer.text


@pytest.mark.parametrize(
    "response",
    ['{"text": "Half an emoji is left of this: \\ud83d"}', '{"text": "Five good words are here", "n": NaN}'],
)
def test_an_answer_that_cannot_be_signed_is_refused(lamps: Any, problem: Any, response: str) -> None:
    maria = lamps.as_user("maria")
    before = lamps.kept()
    for _ in range(2):
        content = b'{"response": ' + response.encode() + b"}"
        answer = lamps.raw("POST", f"{FIRST}/commitments/p1", "maria", content=content)
        problem(answer, 422, "unreadable-answer")
        assert lamps.kept() == before
        # And the second time, as a revision of something that stands.
        maria.commit("lamps", "first", "p1", {"text": "Something that can well be kept."})
        before = lamps.kept()


def test_an_answer_without_end_is_refused(lamps: Any, problem: Any) -> None:
    body = {"response": {"text": "word " * 50_000}}
    before = lamps.kept()
    problem(lamps.raw("POST", f"{FIRST}/commitments/p1", "maria", body=body), 413, "answer-too-large")
    assert lamps.kept() == before


# who is asking


def test_without_a_token_nobody_gets_anywhere(lamps: Any, problem: Any) -> None:
    answer = lamps.raw("GET", f"{C}/path")
    problem(answer, 401, "no-token")
    assert answer.headers["www-authenticate"] == "Bearer"


def _expired(house: Any) -> str:
    token: str = house.token("maria", timedelta(minutes=1))
    house.clock.advance(minutes=2)
    return token


def _unsigned(house: Any) -> str:
    _, claims, _ = house.token("maria").split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    return f"{none}.{claims}."


def _other_name(house: Any) -> str:
    head, claims, signature = house.token("maria").split(".")
    value = json.loads(base64.urlsafe_b64decode(claims + "=="))
    value["sub"] = "chen"
    forged = base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
    return f"{head}.{forged}.{signature}"


def _foreign(house: Any) -> str:
    stranger = LocalTokens(Ed25519PrivateKey.generate(), house.clock)
    return stranger.issue(UserId("maria"), house.clock(), timedelta(days=1))


@pytest.mark.parametrize(
    ("forge", "code"),
    [
        (lambda house: "garbage", "bad-token"),
        (lambda house: "a.b.c", "bad-token"),
        (lambda house: "ü.ü.ü", "bad-token"),
        (lambda house: house.token("maria")[:-10], "bad-token"),
        (lambda house: house.token("../chen"), "token-expired"),
        (_unsigned, "bad-token"),
        (_other_name, "bad-token"),
        (_foreign, "bad-token"),
        (_expired, "token-expired"),
    ],
    ids=["word", "dots", "umlauts", "cut", "no name", "unsigned", "renamed", "another exchange", "expired"],
)
def test_a_token_that_does_not_hold_is_refused(lamps: Any, problem: Any, forge: Any, code: str) -> None:
    header = b"Bearer " + forge(lamps).encode("latin-1")
    answer = httpx.get(f"{lamps.url}{API}{C}/path", headers={"Authorization": header}, trust_env=False)
    problem(answer, 401, code)


def test_a_token_of_another_exchange_is_refused(lamps: Any, another_house: Any, problem: Any) -> None:
    token = another_house.token("chen")
    problem(lamps.raw("GET", f"{C}/log", token=token), 401, "bad-token")


@pytest.mark.parametrize("header", ["Basic bWFyaWE6", "Bearer", "token abc", ""])
def test_only_bearer_tokens_are_looked_at(lamps: Any, problem: Any, header: str) -> None:
    answer = httpx.get(f"{lamps.url}{API}/courses", headers={"Authorization": header}, trust_env=False)
    problem(answer, 401, "no-token")


def test_a_course_of_others_answers_as_one_that_does_not_exist(lamps: Any, make: Any) -> None:
    """Byte for byte, headers too: nobody learns from outside which courses there are."""
    lamps.enrol("secrets", olu="instructor")
    lamps.as_user("olu").put_course(make.course(make.module("first"), name="secrets"))
    lamps.as_user("olu").release("secrets", "first", make.upload("first"))
    module = "modules/first"
    routes = [
        ("GET", "path", None),
        ("GET", "log", None),
        ("GET", "members", None),
        ("GET", f"{module}/files", None),
        ("GET", "modules/none/files", None),
        ("GET", f"{module}/submissions", None),
        ("POST", f"{module}/submissions", make.hand_in("first").model_dump(mode="json")),
        ("POST", f"{module}/submissions", {"no": "shape"}),
        ("POST", f"{module}/commitments/p1", {"response": {}}),
        ("PUT", "members", [{"user": "maria", "role": "instructor"}]),
        ("GET", "submissions/0", None),
    ]
    for method, rest, body in routes:
        seen = []
        for course in ("secrets", "nothing", "..", "%00", "UPPER"):
            answer = lamps.raw(method, f"/courses/{course}/{rest}", "maria", body=body)
            # Each request has an id of its own, in a header and in the refusal.
            headers = {k: v for k, v in answer.headers.items() if k not in ("date", "x-request-id")}
            seen.append((answer.status_code, headers, {**answer.json(), "request_id": ""}))
        # httpx folds `..` before it sends; all that arrived must look alike.
        foreign, unknown, _, *odd = seen
        assert foreign == unknown, (method, rest)
        assert all(o == foreign for o in odd), (method, rest)
        assert foreign[0] == 404
        assert foreign[2]["code"] == "no-such-course"


STAFF_ONLY = [
    ("PUT", C, "chen"),
    ("POST", f"{FIRST}/releases", "chen"),
    ("GET", f"{FIRST}/submissions", "gil"),
    ("POST", f"{FIRST}/feedback", "gil"),
    ("GET", f"{C}/members", "gil"),
    ("PUT", f"{C}/members", "chen"),
    ("POST", f"{FIRST}/waivers", "chen"),
    ("GET", f"{C}/log", "chen"),
]


@pytest.mark.parametrize(("method", "path", "least"), STAFF_ONLY)
def test_what_staff_may_is_not_a_learners_to_do(
    lamps: Any, make: Any, problem: Any, method: str, path: str, least: str
) -> None:
    bodies = {
        C: make.course(make.module("first"), make.module("second"), make.module("third")),
        f"{FIRST}/releases": make.upload("first", note="new"),
        f"{FIRST}/feedback": make.feedback("maria", 10),
    }
    model = bodies.get(path)
    body = model.model_dump(mode="json") if model else None
    if path.endswith("members") and method == "PUT":
        body = [{"user": "maria", "role": "instructor"}]
    if path.endswith("waivers"):
        body = {"learner": "maria", "reason": "because"}
    refused = ["maria", "olu"] if least == "gil" else ["maria", "olu", "gil"]
    before = lamps.kept()
    for who in refused:
        told = problem(lamps.raw(method, path, who, body=body), 403, "not-your-role")
        assert "instructor" in told["next_step"]
    assert lamps.kept() == before
    assert lamps.raw(method, path, least, body=body).is_success


def test_somebody_elses_submission_is_not_there(lamps: Any, make: Any, problem: Any) -> None:
    done = lamps.as_user("maria").submit("lamps", "first", make.hand_in("first", text="mine alone"))
    path = f"{C}/submissions/{done.submission}"
    theirs = lamps.raw("GET", path, "olu")
    problem(theirs, 404, "no-such-submission")
    nothing = lamps.raw("GET", f"{C}/submissions/{'0' * 32}", "olu")
    assert {**theirs.json(), "request_id": ""} == {**nothing.json(), "request_id": ""}
    assert lamps.raw("GET", path, "maria").status_code == 200
    assert lamps.raw("GET", path, "gil").status_code == 200
    assert lamps.as_user("olu").my_submissions("lamps", "first") == []


def test_staff_of_one_course_do_not_read_another(lamps: Any, make: Any, problem: Any) -> None:
    lamps.enrol("other", olu="instructor")
    lamps.as_user("olu").put_course(make.course(make.module("first"), name="other"))
    done = lamps.as_user("maria").submit("lamps", "first", make.hand_in("first"))
    answer = lamps.raw("GET", f"/courses/other/submissions/{done.submission}", "olu")
    problem(answer, 404, "no-such-submission")


def test_feedback_on_somebody_elses_submission_is_refused(lamps: Any, make: Any, problem: Any) -> None:
    done = lamps.as_user("maria").submit("lamps", "first", make.hand_in("first"))
    before = lamps.kept()
    body = make.feedback("olu", 3, done.submission).model_dump(mode="json")
    problem(lamps.raw("POST", f"{FIRST}/feedback", "gil", body=body), 404, "no-such-submission")
    assert lamps.kept() == before


@pytest.mark.parametrize("score", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("which", ["score", "max_score"])
def test_a_score_that_is_no_number_is_refused(lamps: Any, problem: Any, score: str, which: str) -> None:
    """NaN is below no gate, and comes back from no ledger."""
    scores = {"score": "1", "max_score": "2"} | {which: score}
    told = ", ".join(f'"{name}": {value}' for name, value in scores.items())
    files = json.dumps([shape("feedback.html")])
    content = f'{{"learner": "maria", {told}, "files": {files}}}'.encode()
    before = lamps.kept()
    problem(lamps.raw("POST", f"{FIRST}/feedback", "gil", content=content), 422, "bad-score")
    assert lamps.kept() == before
    assert lamps.as_user("maria").my_feedback("lamps", "first") == []


# what authors send


def _marked(make: Any, cell: dict[str, Any]) -> Any:
    book = make.notebook(make.cell("fine"), cell)
    return make.upload("first", files=[make.file("first.ipynb", book)], note="leaky")


@pytest.mark.parametrize(
    ("leaky", "why"),
    [
        (lambda m: _marked(m, m.cell("CANARY", coursekit={"reveal": {"after": "p1"}})), "Cell 2 .* reveal"),
        (lambda m: _marked(m, m.cell("CANARY", coursekit={"faculty": True})), "Cell 2 .* faculty note"),
        (lambda m: _marked(m, m.cell("### BEGIN SOLUTION\nx = 1\n### END SOLUTION", "code")), "solution"),
        (lambda m: _marked(m, m.cell(["a\n", "### BEGIN HIDDEN TESTS\n"], "code")), "hidden tests"),  # type: ignore[arg-type]
        (lambda m: _marked(m, m.cell("=== BEGIN MARK SCHEME ===")), "mark scheme"),
        (
            lambda m: m.upload(
                "first",
                files=[m.file("p1.csv", "CANARY")],
                reveals=[SealedShape(after="p1", files=[m.file("p1.csv", "CANARY")])],
            ),
            "p1.csv is sealed",
        ),
        (lambda m: m.upload("first", files=[m.file("rubrics.yml", "CANARY")]), "rubrics.yml is for faculty"),
        (
            lambda m: m.upload("first", files=[m.file("case/teaching-note.md", "C")]),
            "teaching-note.md is for",
        ),
        (lambda m: m.upload("first", files=[m.file("exemplars.yml", "CANARY")]), "exemplars.yml is for"),
        (lambda m: m.upload("first", files=[m.file("first.ipynb", "no notebook")]), "is not a notebook"),
        (lambda m: m.upload("first", files=[m.file("first.ipynb", '{"cells": [1]}')]), "is not a notebook"),
    ],
    ids=[
        "reveal",
        "faculty",
        "solution",
        "hidden tests",
        "mark scheme",
        "sealed file",
        "rubrics",
        "teaching note",
        "exemplars",
        "no notebook",
        "no cells",
    ],
)
def test_a_release_that_gives_something_away_is_refused(
    lamps: Any, make: Any, problem: Any, leaky: Any, why: str
) -> None:
    before = lamps.kept()
    body = leaky(make).model_dump(mode="json")
    told = problem(lamps.raw("POST", f"{FIRST}/releases", "chen", body=body), 422, "leak")
    assert re.search(why, told["detail"])
    assert lamps.kept() == before
    assert lamps.as_user("maria").fetch("lamps", "first").release == 1


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"reveals": [{"after": "p7"}]}, 422, "unknown-prompt"),
        ({"reveals": [{"after": "P 7"}]}, 422, "bad-request"),
        ({"prompts": [{"id": "p1"}]}, 422, "bad-prompt"),
        ({"prompts": [{"id": "half \ud83d", "kind": "reflection", "title": "T"}]}, 422, "bad-prompt"),
        ({"prompts": ["p1"]}, 422, "bad-request"),
    ],
)
def test_a_release_that_does_not_fit_together_is_refused(
    lamps: Any, make: Any, problem: Any, change: dict[str, Any], status: int, code: str
) -> None:
    before = lamps.kept()
    body = make.upload("first", note="new").model_dump(mode="json") | {"reveals": []} | change
    problem(lamps.raw("POST", f"{FIRST}/releases", "chen", body=body), status, code)
    assert lamps.kept() == before


def test_a_release_of_a_module_that_is_not_in_the_course_is_refused(
    lamps: Any, make: Any, problem: Any
) -> None:
    before = lamps.kept()
    body = make.upload("ninth").model_dump(mode="json")
    problem(lamps.raw("POST", f"{C}/modules/ninth/releases", "chen", body=body), 404, "no-such-module")
    assert lamps.kept() == before


@pytest.mark.parametrize(
    ("modules", "status", "code"),
    [
        ([("first", ["third"]), ("second", ["first"]), ("third", ["second"])], 422, "prerequisite-circle"),
        ([("first", ["first"]), ("second", []), ("third", [])], 422, "prerequisite-circle"),
        ([("first", ["none"]), ("second", []), ("third", [])], 422, "unknown-prerequisite"),
        ([("first", []), ("first", []), ("second", []), ("third", [])], 422, "duplicate-module"),
        ([("first", []), ("second", [])], 409, "released-module-left-out"),
        ([], 409, "released-module-left-out"),
    ],
)
def test_a_course_in_which_somebody_would_be_stranded_is_refused(
    lamps: Any, make: Any, problem: Any, modules: list[tuple[str, list[str]]], status: int, code: str
) -> None:
    shape = make.course(*(make.module(name, after=after) for name, after in modules))
    before = lamps.kept()
    problem(lamps.raw("PUT", C, "chen", body=shape.model_dump(mode="json")), status, code)
    assert lamps.kept() == before
    assert [s.state for s in lamps.as_user("maria").path("lamps").steps] == ["open", "locked", "locked"]


def test_a_course_at_another_courses_address_is_refused(lamps: Any, make: Any, problem: Any) -> None:
    shape = make.course(make.module("first"), name="other").model_dump(mode="json")
    problem(lamps.raw("PUT", C, "chen", body=shape), 422, "wrong-course")


def test_a_roster_with_one_bad_name_adds_nobody(lamps: Any, problem: Any) -> None:
    before = lamps.kept()
    for user in ("", "../maria", "a b", "-maria", "m" * 129, "maria/x"):
        body = [{"user": "new", "role": "learner"}, {"user": user, "role": "learner"}]
        problem(lamps.raw("PUT", f"{C}/members", "chen", body=body), 422, "bad-request")
        assert lamps.kept() == before


def test_a_name_that_is_no_text_is_refused(lamps: Any, problem: Any) -> None:
    problem(lamps.raw("PUT", f"{C}/members", "chen", body=[{"user": 7}]), 422, "bad-request")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "no-such-page"),
        ("GET", "/../../etc/passwd", 404, "no-such-page"),
        ("DELETE", C, 405, "http-405"),
        ("GET", f"{C}/modules/none/files", 404, "no-such-module"),
        ("GET", f"{C}/modules/%2e%2e/files", 404, "no-such-module"),
        ("GET", f"{C}/modules/first%00/files", 404, "no-such-module"),
        ("GET", f"{FIRST}/reveals/%ff", 423, "not-committed"),
        ("GET", f"{C}/submissions/%27%20or%201=1", 404, "no-such-submission"),
    ],
)
def test_addresses_of_nothing_are_refused(
    lamps: Any, problem: Any, method: str, path: str, status: int, code: str
) -> None:
    problem(lamps.raw(method, path, "maria"), status, code)


def test_a_fault_of_ours_is_a_problem_too_and_tells_nothing(
    lamps: Any, make: Any, problem: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """A blob that rotted is our fault; the learner hears whom to tell."""
    done = lamps.as_user("maria").submit("lamps", "first", make.hand_in("first"))
    digest = lamps.as_user("maria").read_submission("lamps", done.submission).files[0].sha256
    next((lamps.data / "blobs").rglob(digest)).write_bytes(b"rust")
    answer = lamps.raw("GET", f"{C}/submissions/{done.submission}", "maria")
    problem(answer, 500, "blob-damaged")
    assert b"rust" not in answer.content


def test_an_accident_of_ours_is_a_problem_too(
    lamps: Any, problem: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> Any:
        raise RuntimeError("the clock of maria fell off the wall")

    monkeypatch.setattr(lamps.embedded.ledger, "read", broken)
    answer = lamps.raw("GET", f"{C}/path", "maria")
    problem(answer, 500, "internal-error")
    assert "maria" not in answer.text


def test_a_body_of_nobodys_is_refused_before_it_is_kept(lamps: Any, problem: Any) -> None:
    asked = 0

    def flood() -> Any:
        nonlocal asked
        for _ in range(64):
            asked += 1
            yield b"x" * 65536

    before = lamps.kept()
    problem(lamps.raw("POST", f"{FIRST}/submissions", content=flood()), 401, "no-token")
    problem(lamps.raw("POST", f"{FIRST}/submissions", token="x.y.z", content=flood()), 401, "bad-token")
    assert lamps.kept() == before


@pytest.mark.parametrize("twice", ["prompts", "reveals"])
def test_a_release_with_something_twice_is_refused(lamps: Any, make: Any, problem: Any, twice: str) -> None:
    body = make.upload("first", note="new").model_dump(mode="json")
    body[twice] = [body[twice][0], body[twice][0]]
    before = lamps.kept()
    refused = problem(lamps.raw("POST", f"{FIRST}/releases", "chen", body=body), 422, "duplicate-prompt")
    assert refused["detail"] == "p1 stands twice in this release of first."
    assert lamps.kept() == before


def test_feedback_for_somebody_who_is_not_in_the_course(lamps: Any, make: Any, problem: Any) -> None:
    body = make.feedback("stranger", 3).model_dump(mode="json")
    problem(lamps.raw("POST", f"{FIRST}/feedback", "gil", body=body), 404, "no-such-member")


def test_a_course_in_no_time_zone(lamps: Any, make: Any, problem: Any) -> None:
    body = make.course(make.module("first"), time_zone="Mars/Olympus").model_dump(mode="json")
    problem(lamps.raw("PUT", C, "chen", body=body), 422, "unknown-time-zone")
