"""Feedback folders are written whole, and only where there is something to write."""

from __future__ import annotations

from pathlib import Path

import pytest

from coursekit.store.given import FeedbackFolders

FILES = {"feedback.html": b"<p>", "feedback.json": b"{}"}


def folders(root: Path) -> FeedbackFolders:
    return FeedbackFolders(
        root / "feedback",
        lambda learner: root / "feedback" / learner / "first",
        lambda learner: root / "autograded" / learner / "first",
    )


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    with folders(tmp_path) as kept:
        assert kept.read("maria") == {}
        kept.replace("maria", FILES)
        assert kept.read("maria") == FILES
    assert names(tmp_path / "feedback") == ["maria"]


def test_without_anything_to_write_nothing_is_made(tmp_path: Path) -> None:
    with folders(tmp_path) as kept:
        kept.read("maria")
    assert names(tmp_path) == []


def test_it_takes_the_place_of_whatever_was_there_and_bears_the_works_time(tmp_path: Path) -> None:
    there = tmp_path / "feedback" / "maria" / "first"
    there.mkdir(parents=True)
    (there / "first.html").write_text("nbgrader's page, hidden tests and all")
    graded = tmp_path / "autograded" / "maria" / "first"
    graded.mkdir(parents=True)
    (graded / "timestamp.txt").write_text("2027-01-24 23:00:00.000000 UTC")
    with folders(tmp_path) as kept:
        kept.replace("maria", FILES)
    assert names(there) == ["feedback.html", "feedback.json", "timestamp.txt"]
    assert (there / "timestamp.txt").read_text() == "2027-01-24 23:00:00.000000 UTC"
    assert names(tmp_path / "feedback") == ["maria"]


def test_what_cannot_be_written_whole_leaves_the_old_page(tmp_path: Path) -> None:
    with folders(tmp_path) as kept:
        kept.replace("maria", FILES)
        with pytest.raises(OSError):
            # A file in what is a file itself already.
            kept.replace("maria", {"feedback.html": b"new", "feedback.html/x": b""})
        assert kept.read("maria") == FILES


def test_links_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("CANARY")
    for place in ("feedback", "autograded"):
        (tmp_path / place / "maria" / "first").mkdir(parents=True)
    (tmp_path / "feedback" / "maria" / "first" / "feedback.html").symlink_to(secret)
    (tmp_path / "autograded" / "maria" / "first" / "timestamp.txt").symlink_to(secret)
    with folders(tmp_path) as kept:
        assert kept.read("maria") == {}
        kept.replace("maria", FILES)
    assert names(tmp_path / "feedback" / "maria" / "first") == ["feedback.html", "feedback.json"]
    assert secret.read_text() == "CANARY"
