"""The command line: a thin wrapper around the services. Each command is loaded when it is called."""

from __future__ import annotations

import sys

import click

from coursekit import __version__
from coursekit.cli.lazy import LazyGroup

# name → where it is, and its line in the help. Listing them imports none of them.
_COMMANDS: dict[str, tuple[str, str]] = {
    "up": ("coursekit.cli.up:up", "Run a whole course on this machine, for the browser."),
    "new": ("coursekit.cli.authoring:new", "Start a course, or a module in it."),
    "check": ("coursekit.cli.linting:check", "Look for mistakes in a course before learners do."),
    "translate": ("coursekit.cli.authoring:translate", "Keep a module's translation up to date."),
    "build": ("coursekit.cli.authoring:build", "Make a module ready for nbgrader generate_assignment."),
    "text": ("coursekit.cli.text:text", "Keep a module's notebook as text for review and git, and back."),
    "preview": ("coursekit.cli.previewing:preview", "See a module as its learners will, while you write it."),
    "grade": ("coursekit.cli.grading:grade", "Grade what was handed in for a module."),
    "feedback": ("coursekit.cli.feedback:feedback", "Make a module's feedback, and release it."),
    "review": ("coursekit.cli.reviewing:review", "Read and mark written answers, the doubtful ones first."),
    "plan": ("coursekit.cli.planning:plan", "Plan a module's discussion, of what your cohort committed."),
    "reflect": ("coursekit.cli.reflect:reflect", "The checks of written answers: calibrate, replay, pilot …"),
    "models": ("coursekit.cli.models:models", "Add a text model for the checks, as data; or list them."),
    "serve": ("coursekit.cli.serving:serve", "Run the exchange service on this machine."),
    "hub-config": ("coursekit.cli.hub:hub_config", "Print what jupyterhub_config.py needs."),
    "token": ("coursekit.cli.operating:token", "Issue a signed token for somebody."),
    "roster": ("coursekit.cli.roster:roster", "See or change who is in a course."),
    "choose": ("coursekit.cli.learning:choose", "Say which of your hand-ins counts."),
    "extend": ("coursekit.cli.deadlines:extend", "Give learners a later due date, with a reason."),
    "reopen": ("coursekit.cli.deadlines:reopen", "Let late work of learners count again, with a reason."),
    "waive": ("coursekit.cli.deadlines:waive", "Open a module for learners, with a reason."),
    "submit-for": ("coursekit.cli.deadlines:submit_for", "Hand in for a learner, with a reason."),
    "withdraw": ("coursekit.cli.deadlines:withdraw", "Take a submission out of the count, with a reason."),
    "log": ("coursekit.cli.deadlines:log", "Show who did what in a course, when and why."),
    "backup": ("coursekit.cli.keeping:backup", "Write the whole exchange into one file, while it runs."),
    "restore": ("coursekit.cli.keeping:restore", "Put a backed-up exchange into an empty place."),
    "migrate": ("coursekit.cli.keeping:migrate", "Bring the database's tables to this release's."),
    "login": ("coursekit.cli.learning:login", "Keep the exchange's address and your token."),
    "path": ("coursekit.cli.learning:path", "Show where you are in a course, and what opens the rest."),
    "me": ("coursekit.cli.learning:me", "Show who you are, or say which clocks you go by."),
    "fetch": ("coursekit.cli.learning:fetch", "Get an open module."),
    "update": ("coursekit.cli.updating:update", "Bring a new release into your folder; your words stay."),
    "commit": ("coursekit.cli.learning:commit", "Seal one answer and see what it reveals."),
    "submit": ("coursekit.cli.learning:submit", "Hand a module in and get a receipt."),
    "submissions": ("coursekit.cli.handed_in:submissions", "List what you handed in for a module."),
    "get": ("coursekit.cli.handed_in:get", "Get something you handed in back, byte for byte."),
    "pointers": ("coursekit.cli.pointing:pointers", "Read what the checks found in your answers."),
    "appeal": ("coursekit.cli.pointing:appeal", "Ask that a person reads one of your answers."),
    "verify": ("coursekit.cli.proof:verify", "Check receipts, without a network."),
    "doctor": ("coursekit.cli.doctor:doctor", "Find out what does not work, and how to mend it."),
    "keys": ("coursekit.cli.keys:keys", "See or renew the keys that sign receipts."),
    "demo": ("coursekit.cli.demo:demo", "Walk a simulated class through two modules, with real parts."),
}


@click.group(cls=LazyGroup, commands=_COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="coursekit")
def app() -> None:
    """Case-method courses in Jupyter: commit an answer first, see the outcome after.

    \b
    coursekit new course my-course      start a course
    coursekit check                     look for mistakes
    coursekit demo                      see the whole way once
    """


def main() -> None:
    """The entry point: our own errors become one sentence, a next step and exit code 1."""
    from coursekit.model.errors import CoursekitError

    try:
        app(standalone_mode=False)
    except CoursekitError as error:
        click.echo(f"{error.title}: {error.detail}\n  → {error.next_step}", err=True)
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        sys.exit(130)
