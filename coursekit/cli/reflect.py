"""`coursekit reflect`: a group whose commands are loaded one by one."""

from __future__ import annotations

import importlib

import click

_COMMANDS: dict[str, tuple[str, str]] = {
    "calibrate": ("coursekit.cli.calibrating:calibrate", "See how far the checks may go, prompt by prompt."),
    "replay": ("coursekit.cli.replaying:replay", "Reckon a record again, and compare it byte for byte."),
    "pilot": ("coursekit.cli.piloting:pilot", "Have answers graded twice, blind, and compare."),
    "switch": ("coursekit.cli.reviewing:switch", "Switch auto-passes of a module off, or on again."),
    "serve": ("coursekit.cli.checking:serve", "Check submissions at the exchange as they come."),
    "export": ("coursekit.cli.checking:export", "Write the exchange's record into a folder, to be replayed."),
}


class _Lazy(click.Group):
    """Knows its commands' names and loads one when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])


@click.group(cls=_Lazy)
def reflect() -> None:
    """The checks of written answers. They point at evidence; a person decides.

    \b
    coursekit reflect calibrate spike-at-65
    coursekit reflect replay modules/../.coursekit/reflections/spike-at-65.jsonl
    """
