"""A file of essays is read as it comes, and the targets' rows are printed for it."""

from __future__ import annotations

import json
import random
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "benchmarks"))

import asap  # noqa: E402

TEXT = "the author shows how a setting can push people on while water and hills are against them"


def essays(count: int, seed: int = 1) -> list[tuple[str, int, str, int]]:
    """Better essays are longer, and say “setting” and “because”."""
    chance = random.Random(seed)
    found = []
    for number in range(count):
        score = chance.randint(0, 3)
        words = chance.choices(TEXT.split(), k=20 + 15 * score + chance.randint(0, 30))
        for _ in range(2 * score):
            words.insert(chance.randrange(len(words)), "because he feared it.")
        found.append((str(number), 3 + number % 2, " ".join(words), score))
    return found


def write(path: Path, rows: list[tuple[str, int, str, int]], name: str = "domain1_score") -> Path:
    lines = [f"essay_id\tessay_set\tessay\trater1_domain1\t{name}"]
    lines += [f'{i}\t{s}\t"{text} ""quoted"", it said."\t1\t{score}' for i, s, text, score in rows]
    path.write_bytes(
        "\r\n".join(lines).encode("cp1252") + "\r\n\x85\t3\t…\t\t\r\n".encode("cp1252", "replace")
    )
    return path


def test_essays_are_read_as_a_spreadsheet_of_long_ago_wrote_them(tmp_path: Path) -> None:
    rows = essays(4)
    rows[1] = ("1", 4, "It cost him \x93much\x94\u2026 and more".replace("\x93", "“").replace("\x94", "”"), 2)
    found = asap.read(write(tmp_path / "e.tsv", rows))
    assert [(e.id, e.set, e.score) for e in found] == [(i, s, p) for i, s, _, p in rows]
    assert found[1].text == 'It cost him “much”… and more "quoted", it said.'


def test_a_missing_column_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "e.tsv", essays(3), "points")
    assert asap.main([str(path)]) == 1
    assert "no column domain1_score" in capsys.readouterr().err


def test_the_rows_of_the_targets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "e.tsv", essays(110))
    words = [str(path), "--sets", "3,4,5", "--sizes", "10,30", "--draws", "1", "--stream", "40"]
    assert asap.main(words) == 0
    said = capsys.readouterr().out
    for row in (
        "3 agreement, all",
        "4 agreement, 30",
        "10 ECE, 30",
        "5 agreement of auto-passes",
        "7 two or more",
    ):
        assert row in said
    assert re.search(r"^6 before a certificate +0 +0$", said, re.M)
    assert asap.main([*words, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [(r["set"], r["essays"], r["tested"]) for r in told] == [(3, 44, 11), (4, 44, 11)]
    assert all(s["before_certificate"] == 0 for r in told for s in r["streamed"])
    assert all(r["full"]["qwk"] > 0.5 for r in told)


def test_essays_to_be_tested_are_never_learnt_from(tmp_path: Path) -> None:
    everything = asap.read(write(tmp_path / "e.tsv", essays(60)))
    fold = [e for e in everything if e.set == 3][:10]
    (found,) = asap.results(everything, fold, [3], [10], 1, 25)
    assert (found.tested, found.essays) == (10, 20)
