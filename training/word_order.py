"""Make the tables behind two guards: which kinds of words follow each other, and which words are common.

    python training/word_order.py

Writes signs/order_table.py from this project's own texts (docs, cases, modules; never the exemplars) and
signs/common_table.py from the words of CEReD's training sentences (see training/cered for its notice). Run it
when the kinds of words change; texts that change a little do not change what a guard sees.
"""

from __future__ import annotations

import csv
import json
import math
import re
import textwrap
from collections import Counter
from itertools import pairwise
from pathlib import Path

from coursekit.policy.reflection.signs.common import stem
from coursekit.policy.reflection.text import normalise
from coursekit.policy.reflection.tokens import words

ROOT = Path(__file__).parent.parent
SIGNS = ROOT / "coursekit" / "policy" / "reflection" / "signs"
# As if each pair had been seen so often at the rate of chance: rare kinds say little.
PRIOR = 20.0
BUCKETS = (1, 3, 10, 30, 100)


def main() -> None:
    """Both tables."""
    (SIGNS / "order_table.py").write_text(order_table(texts()), encoding="utf-8")
    (SIGNS / "common_table.py").write_text(common_table(sentences()), encoding="utf-8")


def texts() -> list[str]:
    """What this project has written."""
    files = [
        *sorted((ROOT / "docs").glob("*.md")),
        *sorted((ROOT / "cases").glob("*/*.md")),
        ROOT / "README.md",
    ]
    found = [re.sub(r"```.*?```", "", file.read_text(encoding="utf-8"), flags=re.S) for file in files]
    for file in sorted((ROOT / "modules").glob("*/*.ipynb")):
        cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
        found += ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    return [normalise(text).text for text in found]


def sentences() -> list[str]:
    """CEReD's English training sentences."""
    file = next((ROOT / "training" / "cered").glob("*train*.tsv"))
    with file.open(encoding="utf-8", newline="") as lines:
        return [row["sentence"] for row in csv.DictReader(lines, delimiter="\t")]


def order_table(corpus: list[str]) -> str:
    """The table of neighbours as a Python file."""
    # Only here: the file is made before it can be imported.
    (SIGNS / "order_table.py").exists() or (SIGNS / "order_table.py").write_text("TABLE = {}\n")
    from coursekit.policy.reflection.signs.order import kinds

    pairs: Counter[tuple[str, str]] = Counter()
    for text in corpus:
        seen = kinds(text)
        pairs.update((a, b) for a, b in pairwise(seen) if a and b)
    first: Counter[str] = Counter()
    second: Counter[str] = Counter()
    for (a, b), count in pairs.items():
        first[a] += count
        second[b] += count
    total = sum(pairs.values())
    names = sorted(first | second)
    rows = []
    for a in names:
        row = []
        for b in names:
            chance = second[b] / total
            seen_rate = (pairs[a, b] + PRIOR * chance) / (first[a] + PRIOR)
            row.append(f"{round(10 * math.log(seen_rate / chance)):d}" if chance else "0")
        rows.append(f"{a} {' '.join(row)}")
    head = (
        '"""How expected one kind of word is after another, in tenths of log odds.\n\n'
        'Made by training/word_order.py.\n"""\n# ruff: noqa: E501'
    )
    wrapped = textwrap.fill(" ".join(names), 100, initial_indent="    ", subsequent_indent="    ")
    body = "\n".join(rows)
    return (
        f'{head}\n\nfrom __future__ import annotations\n\n_SECOND = str.split("""\n{wrapped}\n""")\n\n'
        f'_ROWS = """\n{body}\n"""\n\n'
        "TABLE = {\n"
        "    (row.split()[0], second): int(value) / 10\n"
        "    for row in _ROWS.strip().splitlines()\n"
        "    for second, value in zip(_SECOND, row.split()[1:], strict=True)\n"
        "}\n"
    )


def common_table(corpus: list[str]) -> str:
    """Stems by how often they stand in the sentences, as a Python file."""
    counted: Counter[str] = Counter()
    for sentence in corpus:
        counted.update(stem(word) for word in words(normalise(sentence).text))
    kept = {s: n for s, n in counted.items() if s.isascii() and s.isalpha() and len(s) > 2}
    parts = []
    for least, beyond in zip(BUCKETS, (*BUCKETS[1:], math.inf), strict=True):
        stems = " ".join(sorted(s for s, n in kept.items() if least <= n < beyond))
        wrapped = textwrap.fill(stems, 108, break_on_hyphens=False)
        parts.append(f'    {least}: """\n{wrapped}\n""",\n')
    head = (
        '"""Stems of words by how often (at least) they stand in some 5,000 sentences of teachers\' journals.\n\n'
        "Counted in CEReD's English training sentences (Apache-2.0; training/cered has the notice) by\n"
        'training/word_order.py.\n"""'
    )
    return f"{head}\n\nfrom __future__ import annotations\n\nSTEMS = {{\n{''.join(parts)}}}\n"


if __name__ == "__main__":
    main()
