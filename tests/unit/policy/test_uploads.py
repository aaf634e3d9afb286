"""Names that could leave their folder, or become one file with another, are never taken."""

from __future__ import annotations

import posixpath
import unicodedata
from pathlib import Path, PureWindowsPath
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.model.outcome import Allowed, Refused
from coursekit.policy.uploads import Limits, check_path, check_structure, check_upload, is_shallow

LIMITS = Limits(files=5, file_size=100, total_size=250, path_length=200, depth=4)

# Letters that make trouble: separators, dots, spaces, controls, accents apart and together, ligatures.
AWKWARD = st.text(
    st.sampled_from("ab./\\ ~:\x00\n\u202e\ud83déÉe\u0301ßſIıİKKÅ灯\u0345ΐϊ\u0301ﬃ-_CONcon1"), max_size=12
)
NAMES = AWKWARD | st.text(max_size=12)


@pytest.mark.parametrize(
    "path",
    [
        "a.txt",
        "exhibits/rooms.csv",
        "a/b/c/d.txt",
        "Größe und Maß.ipynb",
        "灯.txt",
        "a..b",
        "x.tar.gz",
        "con-clusion.md",
        "console.txt",
        "-rf",
        "a" * 200,
        "灯" * 85,
    ],
)
def test_plain_names_are_taken(path: str) -> None:
    assert check_path(path, LIMITS) == Allowed()


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("", "1 to 200 characters"),
        ("a" * 201, "1 to 200 characters"),
        ("灯" * 86, "more than 255 bytes"),
        ("d/" + "é" * 128, "more than 255 bytes"),
        ("/a", "relative"),
        ("//a", "relative"),
        ("~/a", "relative"),
        ("~maria", "relative"),
        ("a\\b", "relative"),
        ("c:a", "relative"),
        ("a.txt:stream", "relative"),
        ("..", "leaves its folder"),
        ("../a", "leaves its folder"),
        ("a/../b", "leaves its folder"),
        ("a/..", "leaves its folder"),
        (".", "leaves its folder"),
        ("a//b", "leaves its folder"),
        ("a/", "leaves its folder"),
        (".a", "hidden"),
        ("a/.ssh/b", "hidden"),
        ("...", "hidden"),
        (" a", "space"),
        ("a ", "space"),
        ("a/b /c", "space"),
        ("a.", "dot"),
        ("nul", "Windows"),
        ("NUL.txt", "Windows"),
        ("a/Com1.csv", "Windows"),
        ("a\x00b", "invisible"),
        ("a\tb", "invisible"),
        ("a\x7f", "invisible"),
        ("a\u200bb", "invisible"),
        ("a\u202eb", "invisible"),
        ("a\ud83d", "invisible"),
        ("a/b/c/d/e", "4 folders deep"),
    ],
)
def test_other_names_are_refused(path: str, why: str) -> None:
    decision = check_path(path, LIMITS)
    assert isinstance(decision, Refused)
    assert decision.code == "unsafe-path"
    assert why in decision.reason
    # It can be printed anywhere, whatever the name was.
    assert decision.reason.isascii()


def test_a_long_name_is_not_repeated_whole() -> None:
    decision = check_path("x" * 5000, LIMITS)
    assert isinstance(decision, Refused)
    assert len(decision.reason) < 200


@given(NAMES)
def test_a_name_that_is_taken_stays_below_its_folder(path: str) -> None:
    if isinstance(check_path(path, LIMITS), Allowed):
        assert not posixpath.isabs(path)
        assert posixpath.normpath(path) == path
        assert not path.startswith("../")
        windows = PureWindowsPath(path)
        assert not windows.is_absolute()
        assert not windows.drive
        assert windows.as_posix() == path
        assert path.isprintable()


@given(st.lists(NAMES, max_size=4))
def test_names_that_are_taken_together_can_all_be_written(paths: list[str]) -> None:
    if isinstance(check_upload([(p, 1) for p in paths], LIMITS), Refused):
        return
    with TemporaryDirectory() as name:
        folder = Path(name)
        for path in paths:
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            assert not target.exists()
            target.write_bytes(path.encode())
        assert {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} == set(paths)


@given(
    NAMES, st.sampled_from(["NFC", "NFD"]), st.sampled_from([str.upper, str.lower, str.casefold, str.title])
)
def test_two_spellings_of_one_name_are_never_taken_together(path: str, form: str, case: object) -> None:
    other = unicodedata.normalize(form, case(path))  # type: ignore[operator]

    def on_a_mac(name: str) -> str:
        return unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).casefold())

    if on_a_mac(path) == on_a_mac(other):
        assert isinstance(check_upload([(path, 1), (other, 1)], LIMITS), Refused)


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ([], "no-files"),
        ([(f"{n}", 1) for n in range(6)], "too-many-files"),
        ([("ok", 1), ("../a", 1)], "unsafe-path"),
        ([("a", 101)], "file-too-large"),
        ([("a", 100), ("b", 100), ("c", 51)], "upload-too-large"),
        ([("a", 1), ("a", 1)], "clashing-names"),
        ([("a", 1), ("A", 1)], "clashing-names"),
        ([("stra\u00dfe", 1), ("STRASSE", 1)], "clashing-names"),
        ([("\u00e9", 1), ("e\u0301", 1)], "clashing-names"),
        ([("\u00c9", 1), ("e\u0301", 1)], "clashing-names"),
        # Folding takes the first of these apart and leaves the second together.
        ([("\u0390", 1), ("\u03aa\u0301", 1)], "clashing-names"),
        ([("a", 1), ("a/b", 1)], "clashing-names"),
        ([("A/B/c", 1), ("a/b", 1)], "clashing-names"),
        ([("x\u00e9/a", 1), ("Xe\u0301", 1)], "clashing-names"),
    ],
)
def test_what_does_not_go_together_is_refused(files: list[tuple[str, int]], code: str) -> None:
    for order in (files, files[::-1]):
        decision = check_upload(order, LIMITS)
        assert isinstance(decision, Refused)
        assert decision.code == code


@pytest.mark.parametrize(
    "files",
    [
        [("a", 0)],
        [("a", 100), ("b", 100), ("c", 50)],
        [(f"{n}", 1) for n in range(5)],
        [("a/b", 1), ("a/c", 1), ("ab", 1), ("a-b/c", 1)],
    ],
)
def test_what_is_just_within_the_limits_is_taken(files: list[tuple[str, int]]) -> None:
    assert check_upload(files, LIMITS) == Allowed()


@pytest.mark.parametrize("name", ["nul .txt", "COM¹.txt", "lpt³", "conin$", "CONOUT$.log", "aux"])
def test_windows_keeps_more_names_than_one_thinks(name: str) -> None:
    decision = check_path(f"data/{name}", Limits())
    assert isinstance(decision, Refused)
    assert "Windows" in decision.reason


def test_a_body_of_few_long_texts_is_taken_whatever_its_size() -> None:
    assert check_structure(b'{"files": [{"content": "' + b"A" * 10_000_000 + b'"}]}') == Allowed()
    roster = (
        b"[" + b",".join(b'{"user": "u%d", "role": "learner", "name": "N"}' % n for n in range(50_000)) + b"]"
    )
    assert check_structure(roster) == Allowed()


@pytest.mark.parametrize("bomb", [b"[],", b"{},", b"1,", b"[", b'{"":'])
def test_a_body_of_countless_values_is_refused(bomb: bytes) -> None:
    decision = check_structure(bomb * 300_000)
    assert isinstance(decision, Refused)
    assert decision.code == "too-many-values"
    # So small that it cannot hold so many.
    assert check_structure(bomb * 40_000) == Allowed()


def test_how_deep_a_value_is() -> None:
    value: object = "text"
    for _ in range(5):
        value = {"a": [value, 1]}
    assert is_shallow(value, 10)
    assert not is_shallow(value, 9)
    assert is_shallow("text", 0)
    assert is_shallow({"": {"a": []}})
    for _ in range(100_000):
        value = [value]
    assert not is_shallow(value)
