"""A page for each rule, made of the rule itself, and the list of them all."""

from __future__ import annotations

from coursekit.lint.catalog import GROUPS, RULES
from coursekit.lint.fixes import MENDED
from coursekit.lint.rule import Rule


def page(rule: Rule) -> str:
    """The whole page, in Markdown."""
    parts = [
        f"# {rule.code} {rule.name}\n",
        f"{_severity(rule)}\n",
        f"## What it looks for\n\n{rule.what}\n",
        f"## Why\n\n{rule.why}\n",
        f"## Before\n\n{_block(rule.before)}\n",
        f"## After\n\n{_block(rule.after)}\n",
    ]
    if rule.note:
        parts.append(f"## More\n\n{rule.note}\n")
    return "\n".join(parts)


def index() -> str:
    """The page that lists them all."""
    parts = [
        "# The rules of coursekit check\n",
        "[coursekit check](../check.md) tells how it is used. A code never changes. These pages are made of the\n"
        "rules themselves: `python -m coursekit.cli.rulepages docs/rules` writes them.\n",
    ]
    for start, title in GROUPS.items():
        parts.append(f"## {start}xx: {title[:1].lower()}{title[1:]}\n")
        rows = [
            f"| [{r.code}]({r.code}.md) | {r.name} | {r.severity.value} | {r.what} |"
            for r in RULES
            if r.code.startswith(start)
        ]
        parts.append("\n".join(["| code | name | | what it looks for |", "|---|---|---|---|", *rows]) + "\n")
    return "\n".join(parts)


def pages() -> dict[str, str]:
    """All of them, by the names of their files."""
    return {"README.md": index(), **{f"{rule.code}.md": page(rule) for rule in RULES}}


def _severity(rule: Rule) -> str:
    stops = (
        "An error: the build stops." if rule.severity.value == "error" else "A warning: the build goes on."
    )
    mends = " `coursekit check --fix` mends it where there is one right way." if rule.code in MENDED else ""
    allowing = "[Where it is meant so](../check.md#allowing-a-finding), it can be allowed with a reason."
    allows = f" {allowing}" if rule.can_be_allowed else " It cannot be allowed."
    return stops + mends + allows


def _block(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.split("\n"))
