"""Whatever anybody sends: no fault of ours, a refusal that helps, nothing half-kept, and bounded memory.

And what is taken in comes back byte for byte, can be written into a folder without leaving it, and spoils nothing
for anybody else.
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import json
import re
import socket
import subprocess
import time
import unicodedata
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from coursekit.model.ids import CourseId, UserId
from coursekit.model.submission import sha256
from coursekit.policy.uploads import Limits
from coursekit.services import deliver, enrol
from coursekit.store.folders import read_folder, write_folder
from coursekit.wire.api import API, MemberShape
from coursekit.wire.course import course_from_shape
from coursekit.wiring.exchange import OPERATOR, open_exchange
from coursekit.wiring.settings import Storage

C = "/courses/lamps"
FIRST = f"{C}/modules/first"


@pytest.fixture(scope="module")
def house(
    tmp_path_factory: pytest.TempPathFactory, run_house: Callable[..., Any], make: Any
) -> Iterator[Any]:
    """A course that has begun, and a way back to its first day."""
    limits = Limits(files=20, file_size=64 * 1024, total_size=160 * 1024, quota=2**20)
    with run_house(tmp_path_factory.mktemp("fuzz") / "exchange", limits) as opened:
        begin(opened, make)
        opened.first_day = opened.remember()
        yield opened


def begin(opened: Any, make: Any) -> None:
    opened.enrol(maria="learner", olu="learner", gil="grader", chen="instructor")
    first = make.module("first", due="2027-02-01T12:00:00Z", closes="2027-02-03T12:00:00Z")
    chen = opened.as_user("chen")
    chen.put_course(make.course(first, make.module("second", after=["first"])))
    for module in ("first", "second"):
        chen.release("lamps", module, make.upload(module))
    opened.olus = opened.as_user("olu").submit("lamps", "first", make.hand_in("first", "p1")).submission


def is_kind(answer: httpx.Response, where: object) -> bool:
    """Whether it was taken in; if not, that it was refused as we promise."""
    assert answer.status_code < 500, (where, answer.text)
    if answer.is_success:
        return True
    assert answer.headers["content-type"] == "application/problem+json", (where, answer.text)
    body = answer.json()
    assert body["status"] == answer.status_code, where
    assert body["code"], where
    assert body["title"], where
    assert body["detail"], where
    assert body["next_step"], where
    # A refusal is a few sentences, however much was sent.
    assert len(answer.content) < 4096, (where, len(answer.content))
    return False


# names of files

EVIL = [
    "..", ".", "", "~", "...", "%2e%2e", "..%2f", "%252e%252e", "．．", "‥", "․․", "..;", "..\\", "C:", "c:\\x",
    "\\\\host\\share", "con", "CON.txt", "nul .txt", "aux.", "lpt¹.dat", "COM9", "conin$", "file.", " x", "x ",
    "x\t", "\0", "a\0b", "\ud800", "\udcff", "\ufeffx", "\u202egpj.exe", "x\u200b", "/", "∕", "⁄",
    "etc／passwd", ".git", ".ssh", "-rf", "$HOME", "`id`", "*", "?", "a:b", "x" * 255, "灯" * 86,
    "\ue000", "\uffff", "\x7f",
    # overlong UTF-8 for "../", as text that was decoded wrongly
    "\u00c0\u00ae\u00c0\u00ae\u00c0\u00af",
]  # fmt: skip
TWINS = [
    "é",
    "e\u0301",
    "É",
    "ß",
    "SS",
    "ss",
    "ﬁ",
    "fi",
    "K",
    "k",
    "İ",
    "i\u0307",
    "ı",
    "Å",
    "Å",
    "a",
    "A",
    "ά",
    "ά",
]
PLAIN = ["a", "b.txt", "data", "first.ipynb", "灯.csv", "emoji 💡.txt", "so long", "x-1_2"]
part = st.one_of(st.sampled_from(EVIL), st.sampled_from(TWINS), st.sampled_from(PLAIN), st.text(max_size=12))
paths = st.builds(
    lambda parts, mark, head: head + mark.join(parts),
    st.lists(part, min_size=1, max_size=4),
    st.sampled_from(["/", "/", "/", "\\", "//"]),
    st.sampled_from(["", "", "", "", "/", "./", "../", "~/", "C:/"]),
)
tame = st.lists(st.sampled_from(PLAIN + TWINS), min_size=1, max_size=4).map("/".join)
uploads = st.lists(st.tuples(st.one_of(paths, tame, tame), st.binary(max_size=40)), min_size=1, max_size=5)


def everything_below(folder: Path) -> set[Path]:
    return {p for p in folder.rglob("*") if p.is_file()}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(files=uploads)
@example(files=[("lamp", b"1"), ("Lamp/on", b"2")])
@example(files=[("ﬁ", b"1"), ("fi", b"2")])
@example(files=[("a/b", b""), ("A/c", b"")])
@example(files=[("\u00e9.txt", b"1"), ("e\u0301.txt", b"2")])
@example(files=[("\u212a", b"1"), ("k", b"2")])
@example(files=[("..", b"1")])
@example(files=[("a/../../b", b"1")])
def test_files_are_refused_or_come_back_byte_for_byte(
    house: Any, tmp_path_factory: pytest.TempPathFactory, files: list[tuple[str, bytes]]
) -> None:
    house.restore(house.first_day)
    outside = {p for p in everything_below(house.data.parent) if "blobs" not in p.parts}
    before = house.kept()
    body = {"files": [shape(path, content) for path, content in files]}
    answer = house.raw("POST", f"{FIRST}/submissions", "maria", body=body)
    # Nothing beside the blobs, and these are named by their digests.
    now = {p for p in everything_below(house.data.parent) if "blobs" not in p.parts}
    assert {p for p in now - outside if not p.name.startswith("ledger.sqlite")} == set()
    assert all(len(name) == 64 for name in house.blobs())
    if not is_kind(answer, files):
        assert house.kept() == before
        return
    back = house.raw("GET", f"{C}/submissions/{answer.json()['submission']}", "maria").json()["files"]
    got = [(f["path"], base64.b64decode(f["content"])) for f in back]
    assert sorted(got) == sorted(files)
    folded = [unicodedata.normalize("NFD", path.casefold()) for path, _ in got]
    assert len(set(folded)) == len(got), "two of them are one file on a Mac"
    there = tmp_path_factory.mktemp("there")
    write_folder(there / "work", got)
    assert sorted(read_folder(there / "work")) == sorted(files)
    assert [p.name for p in there.iterdir()] == ["work"]


def shape(path: str, data: bytes) -> dict[str, Any]:
    return {"path": path, "sha256": sha256(data), "content": base64.b64encode(data).decode()}


# bodies

DEEP: Any = "x"
for _ in range(500):
    DEEP = [DEEP]
ODD = [
    None, True, 0, -1, 2**31, 2**63, 2**64, 10**400, 1e308, -0.0, float("nan"), float("inf"), "", " ", "x", "\0",
    "half \ud83d", "\udfff", "\u202e", "x" * 10_000, "0" * 64, [], {}, [[]], [None], {"": {}}, {"\0": 1},
    {"\ud800": "\ud800"}, DEEP, {"text": "five good words are here", "deep": DEEP},
    {"text": "five good words are here", "n": 10**400}, {"text": "five good words \0 are here"},
    "2027-02-30T00:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2027-01-01", 1e20, -1e18,
    "../../etc/passwd", "maria", "olu", "operator", "' OR 1=1 --", "{{7*7}}", "%s%n", "\r\nSet-Cookie: a=b",
    "Europe/../../etc/passwd", "/etc/localtime", "Europe", "posixrules",
]  # fmt: skip
odd = st.one_of(
    st.sampled_from(ODD),
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
        ),
        max_leaves=6,
    ),
)


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The address of every value within a JSON value, itself included."""
    yield at
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from places(inner, (*at, key))


def changed(value: Any, at: tuple[Any, ...], new: Any) -> Any:
    if not at:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[at[0]] = changed(value[at[0]], at[1:], new)
    return copy


def good_requests(make: Any, submission: str) -> dict[str, tuple[str, str, str, Any]]:
    """A request of each kind that has a body, as it would be taken in."""
    why = {"reason": "because it is so"}
    later = {"learner": "maria", "due": "2027-03-01T12:00:00Z"}
    again = {"learner": "maria", "until": "2027-03-01T12:00:00Z"}
    given = make.feedback("olu", 5, submission).model_dump(mode="json")
    choice = make.prompt("p3", kind="decision", question="Which?", options=[{"id": "a", "label": "A"}] * 1)
    release = make.upload("first", note="again").model_dump(mode="json")
    release["prompts"].append(choice | {"options": [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}]})
    release["prompts"][-1].pop("min_words", None)
    release["reveals"][0]["cells"][0]["outputs"] = [{"output_type": "stream", "text": "hello"}]
    release["checks"] = make.base64(make.checks("first"))
    work = make.hand_in("first", "p1", "p2").model_dump(mode="json")
    course = make.course(
        make.module("first", due="2027-02-01T12:00:00Z", closes="2027-02-03T12:00:00Z"),
        make.module("second", after=["first"], gate={"kind": "passed", "mark": 0.5}),
        competencies=[{"id": "c1", "title": "Seeing", "domain": "All"}],
        late={"grace": 60, "window": 3600, "penalty_per_day": 0.1, "penalty_most": 0.5},
    )
    return {
        "course": ("PUT", C, "chen", course.model_dump(mode="json")),
        "release": ("POST", f"{FIRST}/releases", "chen", release),
        "members": ("PUT", f"{C}/members", "chen", [{"user": "newcomer", "name": "N", "time_zone": "UTC"}]),
        "removal": ("POST", f"{C}/members/removal", "chen", {"users": ["olu"], **why}),
        "me": ("PUT", f"{C}/me", "maria", {"time_zone": "Africa/Lagos"}),
        "commit": ("POST", f"{FIRST}/commitments/p1", "maria", {"response": make.answer(), "release": 1}),
        "submit": ("POST", f"{FIRST}/submissions", "maria", work),
        "submit for": ("POST", f"{FIRST}/learners/maria/submissions", "chen", {**work, **why}),
        "appeal": ("POST", f"{FIRST}/appeals/p1", "olu", why),
        "contents": ("POST", f"{FIRST}/contents", "gil", {"submissions": [submission]}),
        "feedback": ("POST", f"{FIRST}/feedback", "gil", given),
        "withdraw": ("POST", f"{C}/submissions/{submission}/withdrawal", "chen", why),
        "extend": ("POST", f"{FIRST}/extensions", "chen", later | why),
        "reopen": ("POST", f"{FIRST}/reopenings", "chen", again | why),
        "waive": ("POST", f"{C}/modules/second/waivers", "chen", {"learner": "maria", **why}),
    }  # fmt: skip


def check_that_nothing_is_spoilt(house: Any, where: object) -> None:
    """Everybody can still read all that is theirs to read."""
    for who, path in (
        ("maria", f"{C}/path"),
        ("maria", f"{FIRST}/files"),
        ("maria", f"{FIRST}/submissions/mine"),
        ("maria", f"{FIRST}/pointers/mine"),
        ("gil", f"{FIRST}/appeals"),
        ("olu", "/courses"),
        ("chen", f"{C}/members"),
        ("chen", f"{C}/log"),
        ("chen", f"{FIRST}/submissions"),
    ):
        answer = house.raw("GET", path, who)
        # Who was removed is refused; nobody meets a fault.
        assert answer.status_code in (200, 404), (where, path, answer.text)
    reveal = house.raw("GET", f"{FIRST}/reveals/p1", "maria")
    assert reveal.status_code in (200, 404, 423), (where, reveal.text)
    rows = house.raw("GET", f"{FIRST}/submissions", "chen").json()["rows"]
    names = [row["submission"] for row in rows][-5:]
    if names:
        answer = house.raw("POST", f"{FIRST}/contents", "chen", body={"submissions": names})
        assert answer.status_code == 200, (where, answer.text)


def encoded(body: Any) -> bytes:
    # As Python spells it, NaN and half an emoji included.
    return json.dumps(body).encode()


@pytest.mark.parametrize("kind", good_requests_names := [
    "course", "release", "members", "removal", "me", "commit", "submit", "submit for", "appeal", "contents",
    "feedback", "withdraw", "extend", "reopen", "waive",
])  # fmt: skip
def test_a_body_with_something_odd_in_it(house: Any, make: Any, soak: bool, kind: str) -> None:
    requests = good_requests(make, house.olus)
    assert list(requests) == good_requests_names
    method, path, who, good = requests[kind]
    house.restore(house.first_day)
    answer = house.raw(method, path, who, body=good)
    assert answer.is_success, (kind, answer.text)

    @settings(max_examples=600 if soak else 30, suppress_health_check=list(HealthCheck))
    @given(at=st.sampled_from(list(places(good))), new=odd)
    def run(at: tuple[Any, ...], new: Any) -> None:
        try_one(house, (method, path, who), changed(good, at, new), (kind, at))

    run()
    # Each text, number and moment once with the worst of all, whatever luck says.
    for at in places(good):
        value = good
        for key in at:
            value = value[key]
        if isinstance(value, dict | list):
            continue
        is_moment = isinstance(value, str) and value.startswith("2027-")
        worst = (
            ("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59")
            if is_moment
            else ("\0", "\ud800", DEEP)
        )
        for new in worst:
            try_one(house, (method, path, who), changed(good, at, new), (kind, at, new))


def try_one(house: Any, how: tuple[str, str, str], body: Any, where: object) -> None:
    method, path, who = how
    house.restore(house.first_day)
    before = house.kept()
    answer = house.raw(method, path, who, content=encoded(body))
    if is_kind(answer, where):
        check_that_nothing_is_spoilt(house, where)
    else:
        assert house.kept() == before, where


@pytest.mark.parametrize("levels", [40, 300, 900])
def test_what_is_nested_too_deeply_to_be_read_back_is_not_kept(house: Any, make: Any, levels: int) -> None:
    """One such answer, once sealed, would keep staff from collecting anybody's work."""
    house.restore(house.first_day)
    deep = b"[" * levels + b"]" * levels
    sealed = b'{"text": "five good words are here", "more": ' + deep + b"}"
    before = house.kept()
    answer = house.raw("POST", f"{FIRST}/commitments/p1", "maria", content=b'{"response": ' + sealed + b"}")
    assert answer.json()["code"] == "unreadable-answer"
    assert house.kept() == before
    # A hand-in is never turned away for an answer in it; the answer stays unsealed.
    work = json.dumps([shape("first.ipynb", b"my work")]).encode()
    for name in (b"p1", b"nowhere"):
        content = b'{"files": ' + work + b', "responses": {"' + name + b'": ' + sealed + b"}}"
        answer = house.raw("POST", f"{FIRST}/submissions", "maria", content=content)
        assert (answer.status_code, answer.json()["commitments"]) == (200, []), answer.text
    release = make.upload("first", note="deep").model_dump(mode="json")
    release["reveals"][0]["cells"][0]["outputs"] = [{"output_type": "MARK"}]
    content = json.dumps(release).encode().replace(b'"MARK"', deep)
    before = house.kept()
    answer = house.raw("POST", f"{FIRST}/releases", "chen", content=content)
    assert answer.json()["code"] == "unreadable-release", answer.text
    assert house.kept() == before
    check_that_nothing_is_spoilt(house, levels)


@given(
    content=st.one_of(
        st.binary(max_size=200), st.text(max_size=100).map(lambda t: t.encode("utf-8", "replace"))
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_body_that_is_anything(house: Any, content: bytes) -> None:
    for path in (f"{FIRST}/submissions", f"{FIRST}/commitments/p1"):
        assert not is_kind(house.raw("POST", path, "maria", content=content), content)
    assert (
        not is_kind(house.raw("PUT", f"{C}/members", "chen", content=content), content)
        or content.strip() == b"[]"
    )


def test_the_same_key_twice_in_one_object(house: Any) -> None:
    """JSON's last word counts, for the digest and for the bytes alike."""
    house.restore(house.first_day)
    one, two = json.dumps(shape("a", b"one")), json.dumps(shape("b", b"two"))
    answer = house.raw(
        "POST", f"{FIRST}/submissions", "maria", content=f'{{"files": [{one}], "files": [{two}]}}'.encode()
    )
    assert is_kind(answer, "twice")
    back = house.raw("GET", f"{C}/submissions/{answer.json()['submission']}", "maria").json()["files"]
    assert [f["path"] for f in back] == ["b"]


def test_more_work_than_one_answer_can_carry_is_collected_in_parts(house: Any, make: Any) -> None:
    """A hundred of the largest hand-ins at once, or one of them named a hundred times, would fill the memory."""
    house.restore(house.first_day)
    names = []
    for n in range(7):
        files = [make.file("big.bin", bytes([n]) * 60_000)]
        work = make.hand_in("first").model_copy(update={"files": files})
        names.append(house.as_user("maria").submit("lamps", "first", work).submission)
    for asked in (names, names[:1] * 100):
        answer = house.raw("POST", f"{FIRST}/contents", "gil", body={"submissions": asked})
        assert not is_kind(answer, "contents")
        assert (answer.status_code, answer.json()["code"]) == (413, "too-much-at-once")
    # The client asks for as much as can be had.
    got = house.as_user("gil").contents("lamps", "first", names)
    assert [content.row.submission for content in got] == names
    assert [content.files[0].content[0] for content in got] == list(range(7))


# addresses and headers

IDS = [
    "..", "%2e%2e", "%2e%2e%2f%2e%2e%2fetc", "%00", "a%00b", "%ff%fe", "%ed%a0%80", "%c0%ae%c0%ae", "%20",
    "x" * 3000, "%F0%9F%92%A1", "'", "%27%20OR%201=1--", "%25", "%0d%0aSet-Cookie:a=b", "*", "%5c", "first%2ffiles",
    "-1", "0" * 32,
]  # fmt: skip


def all_paths(house: Any) -> list[tuple[str, str]]:
    document = house.raw("GET", "/openapi.json").json()
    return [(m.upper(), p.removeprefix(API)) for p, methods in document["paths"].items() for m in methods]


@pytest.mark.parametrize("place", ["course", "module", "prompt", "submission", "learner"])
def test_an_odd_name_in_an_address(house: Any, make: Any, place: str) -> None:
    odd_names(house, make, place)


def odd_names(house: Any, make: Any, place: str) -> None:
    good = {
        "course": "lamps",
        "module": "first",
        "prompt": "p1",
        "submission": house.olus,
        "learner": "maria",
    }
    bodies = {(m, p): b for m, p, _, b in good_requests(make, house.olus).values()}
    before = house.kept()
    tried = 0
    for method, template in all_paths(house):
        if "{" + place + "}" not in template:
            continue
        body = bodies.get((method, template.format(**good)))
        for name in IDS:
            # Some of these are the name of something, for somebody who may.
            answer = house.raw(method, template.format(**good | {place: name}), "chen", body=body)
            assert not is_kind(answer, (method, template, name)), (method, template, name)
            tried += 1
    assert tried >= len(IDS)
    assert house.kept() == before


@pytest.mark.parametrize("query", ["after=-1", "after=x", "after=9007199254740993", "limit=0", "limit=1001",
                                   "after=1e3", "limit=%00", "after=1&after=x", "limit=" + "9" * 5000])  # fmt: skip
def test_an_odd_query(house: Any, query: str) -> None:
    for path in (f"{FIRST}/submissions", f"{C}/log"):
        assert not is_kind(house.raw("GET", f"{path}?{query}", "chen"), query)
    assert not is_kind(house.raw("GET", f"{FIRST}/files?release={query.split('=')[-1]}", "maria"), query)


@pytest.mark.parametrize("release", ["0", "-1", "x", "1.5", "%00", "2147483648", "9" * 400, ""])
def test_an_odd_release(house: Any, release: str) -> None:
    assert not is_kind(house.raw("GET", f"{FIRST}/files?release={release}", "maria"), release)


@pytest.mark.parametrize(
    "key", [b"", b"k" * 129, b"k" * 20_000, b"\xff\xfe", b"a\tb", b"'; DROP TABLE replies;--", b"%00"]
)
def test_an_odd_idempotency_key(house: Any, make: Any, key: bytes) -> None:
    house.restore(house.first_day)
    headers = {
        b"Authorization": f"Bearer {house.token('maria')}".encode(),
        b"Content-Type": b"application/json",
        b"Idempotency-Key": key,
    }
    body = encoded({"response": make.answer()})
    url = f"{house.url}{API}{FIRST}/commitments/p1"
    told = [house.line.post(url, headers=headers, content=body) for _ in range(2)]
    taken = [is_kind(answer, key) for answer in told]
    assert taken[0] == taken[1]
    assert not taken[0] or told[0].json()["receipt"] == told[1].json()["receipt"]


def test_what_postgresql_cannot_keep_is_refused_there_too(
    tmp_path: Path, run_house: Callable[..., Any], make: Any, postgres_url: str
) -> None:
    """It takes no NUL in a text, and no text that is too long for its column; SQLite takes both."""
    with run_house(tmp_path / "exchange", Limits(), database=postgres_url) as house:
        begin(house, make)
        for place in ("course", "module", "prompt", "submission", "learner"):
            odd_names(house, make, place)
        for kind, (method, path, who, good) in good_requests(make, house.olus).items():
            for at in places(good):
                # The whole body's last, or the rest would have nobody to ask.
                for new in ("\0", "\ud800", "x" * 10_000, DEEP):
                    answer = house.raw(method, path, who, content=encoded(changed(good, at, new)))
                    is_kind(answer, (kind, at, new))
        house.enrol(maria="learner", olu="learner", gil="grader", chen="instructor")
        check_that_nothing_is_spoilt(house, "postgresql")


# bombs, on the real service in a process of its own


class Class:
    """A service process, and people who ask it."""

    def __init__(self, url: str, pid: int, tokens: dict[str, str]) -> None:
        self.url, self.pid, self.tokens = url, pid, tokens
        self.line = httpx.Client(timeout=120, trust_env=False)

    def headers(self, who: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[who]}", "Content-Type": "application/json"}

    def post(self, path: str, who: str, content: bytes, **headers: str) -> httpx.Response:
        return self.line.post(self.url + API + path, headers=self.headers(who) | headers, content=content)

    def memory(self) -> float:
        """MiB of the process that are in memory."""
        told = subprocess.run(
            ["ps", "-o", "rss=", "-p", str(self.pid)], capture_output=True, check=True, text=True
        )
        return int(told.stdout) / 1024

    def rows(self) -> int:
        answer = self.line.get(f"{self.url}{API}{FIRST}/submissions", headers=self.headers("gil"))
        assert answer.status_code == 200, answer.text
        return len(answer.json()["rows"])


@pytest.fixture
def service(tmp_path: Path, run_services: Callable[..., Any], make: Any) -> Iterator[Class]:
    storage = Storage(tmp_path / "data", None, "folder", tmp_path / "data" / "keys")
    opened = open_exchange(storage)
    people = {"maria": "learner", "gil": "grader", "chen": "instructor"}
    shapes = [MemberShape.model_validate({"user": u, "role": r}) for u, r in people.items()]
    enrol.put_members(opened.exchange, OPERATOR, CourseId("lamps"), shapes)
    deliver.put_course(opened.exchange, OPERATOR, course_from_shape(make.course(make.module("first"))))
    deliver.release_module(opened.exchange, OPERATOR, CourseId("lamps"), "first", make.upload("first"))  # type: ignore[arg-type]
    tokens = {who: opened.issue_token(UserId(who), timedelta(days=1)) for who in people}
    opened.ledger.close()
    with run_services(storage, COURSEKIT_BODY_MEMORY_MIB=str(BODIES)) as [replica]:
        running = Class(replica.url, replica.process.pid, tokens)
        yield running
        running.line.close()


MI = 2**20


def bombs() -> dict[str, tuple[str, str, bytes, dict[str, str]]]:
    """Name: path, who, body, headers. None of them is a hand-in."""
    here, prompt = f"{FIRST}/submissions", f"{FIRST}/commitments/p1"
    many = b",".join(b'"k%d":{}' % n for n in range(10**6))
    return {
        "empty lists": (here, "maria", b'{"files":[' + b"[]," * (12 * MI // 3) + b"[]]}", {}),
        "wrong files": (here, "maria", b'{"files":[' + b"1," * (12 * MI // 2) + b"1]}", {}),
        "empty files": (here, "maria", b'{"files":[' + b"{}," * 80_000 + b"{}]}", {}),
        "a million keys": (here, "maria", b'{"files":[],"responses":{' + many + b"}}", {}),
        "keys in an answer": (prompt, "maria", b'{"response":{' + many + b"}}", {}),
        "deep lists": (here, "maria", b"[" * (12 * MI), {}),
        "deep objects": (here, "maria", b'{"a":' * (2 * MI), {}),
        "deep in an answer": (prompt, "maria", b'{"response":{"text":' + b"[" * 900 + b"]" * 900 + b"}}", {}),
        "a number without end": (prompt, "maria", b'{"response":{"n":' + b"9" * (8 * MI) + b"}}", {}),
        "a word without end": (here, "maria", b'{"files":[],"x":"' + b"a" * (32 * MI) + b'"}', {}),
        "a name without end": (here, "maria", b'{"files":[],"' + b"a" * (32 * MI) + b'":1}', {}),
        "gzip": (here, "maria", gzip.compress(b" " * (200 * MI)), {"Content-Encoding": "gzip"}),
        "a roster": (f"{C}/members", "chen", b"[" + b"{}," * 80_000 + b"{}]", {}),
        "escapes": (here, "maria", b'{"files":[],"x":"' + b"\\u0041" * (4 * MI) + b'"}', {}),
    }


BODIES = 64
"""MiB for all bodies in flight, as this service is set."""
MOST_MEMORY = 8 * BODIES
"""MiB that a storm may add. In memory a body becomes about four times itself; half of this is what was measured."""


def test_bombs_are_refused_in_bounded_memory(service: Class, soak: bool) -> None:
    all_bombs = bombs()
    is_kind(service.post(f"{FIRST}/submissions", "maria", b"{}"), "the first")
    before, rows = service.memory(), service.rows()
    most = before
    for name, (path, who, content, headers) in all_bombs.items():
        answer = (
            service.line.put(service.url + API + path, headers=service.headers(who), content=content)
            if path.endswith("members")
            else service.post(path, who, content, **headers)
        )
        assert not is_kind(answer, name)
        most = max(most, service.memory())
    # And many at once.
    with ThreadPoolExecutor(8) as pool:
        for _ in range(5 if soak else 1):
            names = [n for n in all_bombs if n != "a roster"]
            jobs = {n: pool.submit(service.post, *all_bombs[n][:3]) for n in (*names, *names)}
            while any(not job.done() for job in jobs.values()):
                most = max(most, service.memory())
                time.sleep(0.05)
            for name, job in jobs.items():
                # Too many large ones at once are asked to come again.
                told = job.result()
                assert told.status_code == 503 or not is_kind(told, name)
    assert service.rows() == rows
    assert most - before < MOST_MEMORY, f"{most - before:.0f} MiB more than before"


def talk(service: Class, said: bytes, hang_up: bool = False) -> bytes:
    """Say that on a line of one's own; then hang up, or hear the answer until it is whole or the line is closed."""
    host, port = service.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as line:
        heard = b""
        # The service may have refused, and hung up, before all is said.
        with contextlib.suppress(ConnectionError):
            line.sendall(said)
            while not hang_up and not is_whole(heard):
                more = line.recv(65536)
                if not more:
                    break
                heard += more
        return heard


def is_whole(heard: bytes) -> bool:
    head, end, body = heard.partition(b"\r\n\r\n")
    found = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return bool(end) and found is not None and len(body) >= int(found[1])


def test_lies_about_a_body(service: Class) -> None:
    token = service.tokens["maria"].encode()
    rows = service.rows()
    content = encoded({"files": [shape("a.txt", b"a")]})
    path = f"{API}{FIRST}/submissions".encode()

    def head(*more: bytes) -> bytes:
        lines = [b"POST " + path + b" HTTP/1.1", b"Host: x", b"Authorization: Bearer " + token, *more]
        return b"\r\n".join(lines) + b"\r\n\r\n"

    def length(number: int) -> bytes:
        return b"Content-Length: %d" % number

    chunked = b"Transfer-Encoding: chunked"
    whole = b"%x\r\n%s\r\n0\r\n\r\n" % (len(content), content)
    # Broken off in the middle: nobody is there to be answered, and nothing may be kept.
    for said in (
        head(length(len(content) + 10)) + content,
        head(chunked) + whole[:-5],
        head(chunked) + whole[: len(whole) // 2],
        head(length(10**6)),
    ):
        talk(service, said, hang_up=True)
    # Two bodies in one, or none: a proxy in front and we could read different requests.
    smuggled = b"GET " + API.encode() + b"/courses HTTP/1.1\r\nHost: x\r\n\r\n"
    for said in (
        head(length(len(content)), length(0)) + content,
        head(length(-1)) + content,
        head(b"Content-Length: +5") + content,
        head(length(3), chunked) + whole + smuggled,
        head(b"Content-Length: 5, 6") + content,
        head(b"Transfer-Encoding: gzip") + whole,
        head(b"Transfer-Encoding: xchunked") + whole,
        head(b"Transfer-Encoding : chunked") + whole,
        head(chunked) + b"zz\r\n" + content,
        head(chunked) + b"-5\r\n" + content,
        head(chunked) + b"f" * 40 + b"\r\n" + content,
        head(b"X: " + b"a" * 100_000),
        head(*[b"X-%d: 1" % n for n in range(20_000)]),
        head(b"Nul: a\0b", length(2)) + b"{}",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20,
        b"\0" * 100 + b"\r\n\r\n",
    ):
        heard = talk(service, said)
        assert heard.startswith(b"HTTP/1.1 4"), (said[:100], said[-100:], heard[:300])
        first, _, body = heard.partition(b"\r\n\r\n")
        assert b"application/problem+json" in first, (said[:200], heard[:300])
        assert b"nosniff" in first
        told = json.loads(body)
        assert told["next_step"]
        assert service.rows() == rows
    # What was broken off is still not kept; and whole, as it should be, it is.
    assert service.rows() == rows
    assert talk(service, head(length(len(content)), b"Connection: close") + content).startswith(
        b"HTTP/1.1 200"
    )
