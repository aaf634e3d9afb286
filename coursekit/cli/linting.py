"""`coursekit check`: what is wrong in a course, in the manner of a linter."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from coursekit.lint.finding import Finding
    from coursekit.services.mend import Mended

_CODES = "CODES"


@click.command()
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option("--select", metavar=_CODES, help="Only these rules: CK203, or CK5 for all that begin so.")
@click.option("--ignore", metavar=_CODES, help="All but these rules.")
@click.option("--warnings-as-errors", is_flag=True, help="End with 1 for a warning as well.")
@click.option("--fix", is_flag=True, help="Mend what has one right way, then say what is left.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@click.option("--explain", metavar="CODE", help="Show a rule's whole page.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--github", is_flag=True, help="As annotations of a GitHub workflow.")
@click.option("--run", is_flag=True, help="Run the notebooks as well: the author's, and what learners get.")
@click.option(
    "--jobs", metavar="N", type=click.IntRange(1), help="With --run: modules at a time; else one a core."
)
@click.option(
    "--time-limit",
    metavar="SECONDS",
    type=click.FloatRange(1),
    default=600,
    show_default=True,
    help="With --run: for one module.",
)
@click.option("--no-cache", is_flag=True, help="Look at everything, and keep nothing for the next time.")
def check(
    folder: Path | None,
    select: str | None,
    ignore: str | None,
    warnings_as_errors: bool,
    fix: bool,
    diff: bool,
    explain: str | None,
    as_json: bool,
    github: bool,
    run: bool,
    jobs: int | None,
    time_limit: float,
    no_cache: bool,
) -> None:
    """Say what is wrong in the course of this folder. Ends with 1 when there is an error.

    Each line has the place, the rule's code and what is wrong; the next one says what to do. What is meant as it
    stands can be allowed where it stands, with a reason:

    \b
    <!-- coursekit: allow CK502: the long read is the task -->    in a markdown cell
    # coursekit: allow CK410: only learners say so                in code and in YAML

    \b
    Examples:
      coursekit check                           everything
      coursekit check --select CK5              induction alone
      coursekit check --ignore CK308,CK405      all but these two
      coursekit check --explain CK203           what a rule is about, with an example
      coursekit check --diff                    what --fix would change
      coursekit check --run                     run every notebook: cells, solutions, tests, stubs
      coursekit check --run --jobs 2            two modules at a time
      coursekit check --json | jq '.findings[].code'
    """
    from coursekit.wiring import linting

    if explain is not None:
        click.echo(_page(explain), nl=False)
        return
    wanted = _wanted(select, ignore)
    root = linting.find_root(folder or Path.cwd())
    mended = linting.mend(root, wanted, write=not diff) if fix or diff else []
    if diff:
        for done in mended:
            click.echo(_diff(done), nl=False)
        raise SystemExit(1 if mended else 0)
    findings = linting.check(root, remember=not no_cache)
    if run:
        findings = _run(root, findings, jobs, time_limit, remember=not no_cache)
    findings = [f for f in findings if wanted(f.code)]
    if as_json:
        click.echo(json.dumps(_for_programs(findings, mended if fix else None), indent=2, ensure_ascii=False))
    elif github:
        for finding in findings:
            click.echo(_annotation(finding))
    else:
        _tell(findings, mended, coloured=linting.wants_colour())
    if any(f.is_error for f in findings) or (warnings_as_errors and findings):
        raise SystemExit(1)


def _run(
    root: Path, findings: Sequence[Finding], jobs: int | None, limit: float, *, remember: bool
) -> list[Finding]:
    import sys

    from coursekit.wiring import trying

    modules = trying.modules_to_try(root)

    def tell(tried: trying.Tried) -> None:
        # For people who wait; a program reads the other channel, and a log needs none of it.
        if sys.stderr.isatty():
            click.echo(f"{tried.module}: {tried.said}", err=True)

    more = trying.try_all(root, modules, jobs=jobs, limit=limit, remember=remember, tell=tell)
    return trying.in_order(findings, more, modules)


def _page(code: str) -> str:
    from coursekit.lint.catalog import find_rule
    from coursekit.lint.pages import page
    from coursekit.model.errors import NotFound

    rule = find_rule(code)
    if rule is None:
        raise NotFound(
            "no-such-rule", f"There is no rule {code}.", "docs/rules/README.md lists them, from CK101 on."
        )
    return page(rule)


def _wanted(select: str | None, ignore: str | None) -> Callable[[str], bool]:
    from coursekit.lint.catalog import RULES
    from coursekit.model.errors import BadInput

    chosen, left_out = (
        [c.strip().upper() for c in (o or "").split(",") if c.strip()] for o in (select, ignore)
    )
    for code in (*chosen, *left_out):
        if not any(rule.code.startswith(code) for rule in RULES):
            raise BadInput(
                "no-such-rule",
                f"No rule's code begins with {code}.",
                "docs/rules/README.md lists them; several are written with commas: CK203,CK5.",
            )

    def wanted(code: str) -> bool:
        return (not chosen or code.startswith(tuple(chosen))) and not code.startswith(tuple(left_out))

    return wanted


def _tell(findings: Sequence[Finding], mended: Sequence[Mended], *, coloured: bool) -> None:
    # click leaves colours out where no terminal reads them.
    color = None if coloured else False
    fixed = 0
    for done in mended:
        for fix in done.fixes:
            fixed += 1
            click.echo(f"{done.file}:cell {fix.cell}  {fix.code} mended: {fix.said}.")
    for finding in findings:
        for line in said_of(finding):
            click.echo(line, color=color)
    errors = sum(f.is_error for f in findings)
    counts = f"{_count(errors, 'error')}, {_count(len(findings) - errors, 'warning')}."
    said = counts if findings else "Nothing is wrong."
    can_fix = sum(f.fixable for f in findings)
    if can_fix:
        said += f" {can_fix} can be mended with --fix."
    click.echo(f"{fixed} mended. {said}" if fixed else said)


def said_of(finding: Finding) -> list[str]:
    """A finding, and what to do about it, as lines with their colours."""
    return [_line(finding), *(f"    {line}" for line in finding.hint.split("\n"))]


def _line(finding: Finding) -> str:
    colour = "red" if finding.is_error else "yellow"
    severity = click.style(finding.severity.value, fg=colour, bold=True)
    return f"{click.style(finding.place, bold=True)}  {finding.code} {severity}  {finding.message}"


def _for_programs(findings: Sequence[Finding], mended: Sequence[Mended] | None) -> dict[str, object]:
    errors = sum(f.is_error for f in findings)
    found: dict[str, object] = {
        "errors": errors,
        "warnings": len(findings) - errors,
        "findings": [asdict(f) for f in findings],
    }
    if mended is not None:
        found["mended"] = [
            {"file": done.file, "cell": fix.cell, "code": fix.code, "said": fix.said}
            for done in mended
            for fix in done.fixes
        ]
    return found


def _annotation(finding: Finding) -> str:
    """A line that GitHub shows beside the change. A cell's line is no line of the file, so it is only told."""
    place = f"file={finding.file}"
    if finding.cell is None and finding.line is not None:
        place += f",line={finding.line}"
    where = f"{finding.place}: " if finding.cell is not None else ""
    words = f"{where}{finding.message} {finding.hint}".replace("%", "%25").replace("\n", "%0A")
    return f"::{finding.severity.value} {place},title={finding.code}::{words}"


def _diff(done: Mended) -> str:
    import difflib

    lines = (text.splitlines(keepends=True) for text in (done.before, done.after))
    before, after = lines
    return "".join(difflib.unified_diff(before, after, f"a/{done.file}", f"b/{done.file}"))


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
