"""`coursekit reflect`: a group whose commands are loaded one by one."""

from __future__ import annotations

import click

from coursekit.cli.lazy import LazyGroup

_COMMANDS: dict[str, tuple[str, str]] = {
    "calibrate": ("coursekit.cli.calibrating:calibrate", "See how far the checks may go, prompt by prompt."),
    "replay": ("coursekit.cli.replaying:replay", "Reckon a record again, and compare it byte for byte."),
    "pilot": ("coursekit.cli.piloting:pilot", "Have answers graded twice, blind, and compare."),
    "switch": ("coursekit.cli.reviewing:switch", "Switch auto-passes of a module off, or on again."),
    "serve": ("coursekit.cli.checking:serve", "Check submissions at the exchange as they come."),
    "export": ("coursekit.cli.checking:export", "Write the exchange's record into a folder, to be replayed."),
}


@click.group(cls=LazyGroup, commands=_COMMANDS)
def reflect() -> None:
    """The checks of written answers. They point at evidence; a person decides.

    \b
    coursekit reflect calibrate spike-at-65
    coursekit reflect replay .coursekit/reflections/spike-at-65.jsonl
    """
