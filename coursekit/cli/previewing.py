"""`coursekit preview`: a module as its learners will see it, in the browser, while its author writes on."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coursekit.cli.linting import said_of

if TYPE_CHECKING:
    from coursekit.wiring.preview import Preview
    from coursekit.wiring.preview_course import Round, Stamps

_LOOK = 0.1
"""Seconds between two looks at the author's files."""


@click.command()
@click.argument("module")
@click.option("--as-committed", is_flag=True, help="With every reveal open, for a quick read.")
@click.option(
    "--fresh", is_flag=True, help="Begin anew after each save: nothing is answered, nothing committed."
)
@click.option("--no-browser", is_flag=True, help="Only say the address.")
@click.option("--port", default=0, type=click.IntRange(0, 65535), help="Where to listen; a free one if 0.")
@click.option(
    "--course",
    "root",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="The folder with modules/ and cases/; this one when left out.",
)
@click.option("--while-input", is_flag=True, hidden=True, help="End when the standard input ends.")
def preview(
    module: str,
    as_committed: bool,
    fresh: bool,
    no_browser: bool,
    port: int,
    root: Path,
    while_input: bool,
) -> None:
    """See MODULE as its learners will, in the browser. Save, and the page follows.

    \b
    coursekit preview the-quiet-meeting
    coursekit preview the-quiet-meeting --as-committed

    Reveals open when you commit, as they will for learners. Nothing of it counts: the exchange, the lab and the
    learner belong to this preview, and Ctrl-C takes them away. The course's own exchange need not run.
    """
    from coursekit.wiring import preview as wiring
    from coursekit.wiring.author import find_root

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    if while_input:
        threading.Thread(target=_end_with_input, daemon=True).start()
    found = find_root(root.absolute())
    try:
        with _unheard(), wiring.previewing(found, module, port, as_committed, fresh) as running:
            click.echo(f"Preparing {module} …")
            seen = running.course.stamps()
            _tell(running.round(), None)
            wiring.wait_for_lab(running)
            told = False
            while True:
                if running.shown is not None and not told:
                    told = True
                    for refused in running.refused:
                        click.echo(f"Not opened: {refused}")
                    click.echo(
                        f"\n  {running.url}\n\nNothing in it counts. Ctrl-C ends it, and leaves nothing behind."
                    )
                    if not no_browser:
                        click.launch(running.url)
                seen = _look(running, seen)
                time.sleep(_LOOK)
    except KeyboardInterrupt:
        click.echo("\nThe preview has ended.")


@contextmanager
def _unheard() -> Iterator[None]:
    """Our standard error is ours alone: a kernel that Ctrl-C meets as it starts would say so there, at length."""
    sys.stderr.flush()
    ours, before = os.dup(2), sys.stderr
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    with os.fdopen(ours, "w") as sys.stderr:
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(ours, 2)
            sys.stderr = before


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


def _end_with_input() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


def _look(running: Preview, seen: Stamps) -> Stamps:
    """One look at everything; gives the files as they were looked at."""
    running.check()
    if running.wants_to_start_over():
        running.start_over()
        running.has_started_over()
    shown = running.take_shown()
    if shown is not None and shown["saved_at"] is not None:
        click.echo(f"    on the page {shown['at'] - shown['saved_at']:.1f} s after you saved")
    now = running.course.stamps()
    if now == seen:
        return seen
    # An editor may write several files, or one in several steps.
    time.sleep(_LOOK)
    now = running.course.stamps()
    newest = max((changed for path, (changed, _) in now.items() if seen.get(path) != now[path]), default=None)
    done = running.round(None if newest is None else newest / 1e9)
    _tell(done, running)
    return now


def _tell(done: Round, running: Preview | None) -> None:
    at = time.strftime("%H:%M:%S")
    errors = [f for f in done.findings if f.is_error]
    warnings = len(done.findings) - len(errors)
    stays = (
        "The page stays as it was"
        if running is not None and running.shown is not None
        else "Nothing is shown yet"
    )
    if errors:
        for finding in errors:
            for line in said_of(finding):
                click.echo(line)
        click.echo(
            f"{at}  {stays}: mend {'this' if len(errors) == 1 else f'these {len(errors)} errors'} and save."
        )
    elif done.trouble is not None:
        click.echo(f"{done.trouble.detail}\n    {done.trouble.next_step}\n{at}  {stays}: mend this and save.")
    else:
        seconds = ", ".join(f"{name} {value:.1f} s" for name, value in (done.seconds or {}).items())
        more = f"; coursekit check has {warnings} warning{'' if warnings == 1 else 's'}" if warnings else ""
        same = " (nothing that learners see has changed)" if done.unchanged else ""
        click.echo(f"{at}  Release {done.release}{same}: {seconds}{more}")
