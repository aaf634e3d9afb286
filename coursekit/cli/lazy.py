"""A group of commands that are loaded one by one: listing them imports none of them."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import click


class LazyGroup(click.Group):
    """Knows its commands' names, and loads one when it is asked for."""

    def __init__(self, *args: Any, commands: Mapping[str, tuple[str, str]], **kwargs: Any) -> None:
        """`commands`: name → where it is (`module:function`), and its line in the help."""
        super().__init__(*args, **kwargs)
        self._lines = commands

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names, in the order given."""
        return list(self._lines)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load that one; none of that name."""
        if cmd_name not in self._lines:
            return None
        module, _, name = self._lines[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Their lines, without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in self._lines.items()])
