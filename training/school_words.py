"""Writes down which words are common when teachers write about school: so a case's own words can be told from them.

python training/school_words.py [--check]

Counted in CEReD's training part, by sentences. Only words that stand in many of them, and no sentence, are kept.
"""

from __future__ import annotations

import argparse
import csv
import sys
import textwrap
from collections import Counter
from pathlib import Path

from coursekit.policy.reflection.tokens import words

HERE = Path(__file__).parent
SHIPPED = HERE.parent / "coursekit" / "policy" / "reflection" / "schoolwords.py"
FEWEST = 6
"""Sentences that a common word stands in, of 6,096."""

HEAD = '''"""Words that are common when teachers write about school; a case's own words are the others.

Made by training/school_words.py from CEReD (Štefánik and Nehyba; Apache-2.0, see textmodels/data/NOTICE-CEReD).
"""

_WORDS = """
'''
TAIL = '''
"""
SCHOOL_WORDS = frozenset(_WORDS.split())
'''


def made() -> str:
    """The module's source."""
    counted: Counter[str] = Counter()
    with (HERE / "cered" / "en_train.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            counted.update(set(words(row["sentence"])))
    common = sorted(w for w, n in counted.items() if n >= FEWEST and w.isascii() and w.isalpha())
    return HEAD + "\n".join(textwrap.wrap(" ".join(common), 110)) + TAIL


def main() -> None:
    """Writes or compares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="compare with the shipped file, and write nothing"
    )
    if not parser.parse_args().check:
        SHIPPED.write_text(made(), encoding="utf-8")
    elif SHIPPED.read_text(encoding="utf-8") != made():
        sys.exit(f"{SHIPPED.name} is not what {Path(__file__).name} makes of CEReD now.")


if __name__ == "__main__":
    main()
