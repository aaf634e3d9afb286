"""`coursekit reflect replay`: reckon a record again, and compare it byte for byte."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

_MOST = 20
"""Differences that are listed; the rest is counted."""


@click.command()
@click.argument("record", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For programs: one object, and nothing else.")
def replay(record: Path, as_json: bool) -> None:
    """Reckon every check in RECORD again, from what was kept beside it, and compare byte for byte.

    Says what differs: a line that was changed, taken out or moved; an input that is gone; another version of a
    library or a model; another result. Ends with 1 when anything does.

    \b
    coursekit reflect replay .coursekit/reflections/spike-at-65.jsonl
    """
    from coursekit.wiring import reflections

    done = reflections.replay(record)
    if as_json:
        value = {
            "schema": "coursekit.replay/1",
            "record": record.name,
            "lines": done.lines,
            "checks": done.checks,
            "same": done.same,
            "differences": [asdict(one) for one in done.differences],
        }
        click.echo(json.dumps(value, ensure_ascii=True))
    else:
        click.echo(
            f"{record.name}: {done.lines} lines, {done.same} of {done.checks} checks come out the same."
        )
        for one in done.differences[:_MOST]:
            click.echo(f"  line {one.line}, {one.code}: {one.detail}")
        if len(done.differences) > _MOST:
            click.echo(f"  … and {len(done.differences) - _MOST} more; --json lists all of them")
    if done.differences:
        sys.exit(1)
