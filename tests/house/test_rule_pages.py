"""The pages of the rules are made of the rules."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from coursekit.lint.catalog import GROUPS, RULES
from coursekit.lint.pages import pages
from coursekit.lint.rule import Rule

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "docs" / "rules"


def test_each_page_says_what_its_rule_says() -> None:
    """If this fails: python -m coursekit.cli.rulepages docs/rules"""
    there = {p.name: p.read_text(encoding="utf-8") for p in FOLDER.iterdir()}
    assert there == pages()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_each_rule_shows_both_sides(rule: Rule) -> None:
    assert rule.what.endswith(".")
    assert rule.why.endswith(".")
    assert rule.before.strip()
    assert rule.after.strip()
    assert rule.before != rule.after
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)
    assert rule.code[:3] in GROUPS
    # An indented block has no room for its own fences, and a page none for an unbalanced one.
    assert "```" not in rule.before + rule.after + rule.note


def test_links_between_the_pages_lead_somewhere() -> None:
    for name, text in pages().items():
        # Examples stand in indented blocks.
        told = "\n".join(line for line in text.splitlines() if not line.startswith("    "))
        for link in re.findall(r"\]\((?!https?:)([^)#]+)", told):
            assert (FOLDER / link).exists(), (name, link)
    assert "## Allowing a finding" in (ROOT / "docs" / "check.md").read_text(encoding="utf-8")


def test_codes_in_the_docs_are_rules() -> None:
    known = {rule.code for rule in RULES}
    for page in (ROOT / "docs").glob("*.md"):
        named = set(re.findall(r"\bCK\d{3}\b", page.read_text(encoding="utf-8")))
        assert named <= known, page.name


def test_every_option_is_on_the_page_about_checking() -> None:
    from coursekit.cli.linting import check

    told = (ROOT / "docs" / "check.md").read_text(encoding="utf-8")
    options = [name for parameter in check.params for name in parameter.opts if name.startswith("--")]
    assert [name for name in options if name not in told] == []
