"""Commands for learners: login, path, fetch, commit, submit."""

from __future__ import annotations

from pathlib import Path

import click

from coursekit.cli.waiting import tell

_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.argument("url")
@click.option("--token", prompt="Your token", hide_input=True, help="Asked for when left out.")
def login(url: str, token: str) -> None:
    """Keep the exchange's address and your token in a file that only you can read.

    \b
    coursekit login https://exchange.example.org
    """
    from coursekit.client import ExchangeClient
    from coursekit.wiring.settings import keep_login

    with ExchangeClient(url, token.strip()) as exchange:
        courses = exchange.courses()
    path = keep_login(url, token.strip())
    click.echo(f"Signed in; kept in {path}.")
    for course in courses:
        click.echo(f"  {course.course}: {course.title} ({course.role})")


@click.command()
@click.argument("course")
def path(course: str) -> None:
    """Show where you are in COURSE, and what opens the rest."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from coursekit.cli import learners_words
    from coursekit.wiring.learner import connect

    with connect(tell=tell) as exchange:
        found = exchange.path(course)
        # Who handed in once need not be told which one counts.
        rows = {s.module: exchange.my_submissions(course, s.module) for s in found.steps if s.submissions > 1}
    caption = f"Times are on the clocks of {found.time_zone}."
    table = Table(title=found.title, title_justify="left", caption=caption, caption_justify="left")
    for column in ("Module", "State", "Due", "Prompts", "What now"):
        table.add_column(column)
    heads = {part.modules[0]: part for part in found.parts if part.modules}
    for step in found.steps:
        if step.module in heads:
            table.add_section()
            part = heads[step.module]
            table.add_row(Text(part.title, "bold"), learners_words.handed_in(part, found.steps))
        done = f"{step.committed} of {step.required}" if step.required else ""
        work = learners_words.work(step, rows.get(step.module, []), found.time_zone)
        what = learners_words.what_now(course, step)
        state = "\n".join([step.state, *work])
        table.add_row(step.title, state, "\n".join(learners_words.due(step, found.time_zone)), done, what)
    Console().print(table)


@click.command()
@click.argument("course", required=False)
@click.option(
    "--time-zone",
    default=None,
    help="Whose clocks you want dates on, such as Africa/Lagos; “” for the course's.",
)
def me(course: str | None, time_zone: str | None) -> None:
    """Show who you are in COURSE, or in all of yours; or say which clocks you go by.

    \b
    coursekit me
    coursekit me --time-zone Africa/Lagos
    """
    from coursekit.wiring.learner import connect

    with connect(tell=tell) as exchange:
        for name in [course] if course else [c.course for c in exchange.courses()]:
            if time_zone is not None:
                exchange.put_me(name, time_zone)
            mine = exchange.me(name)
            zone = mine.time_zone or exchange.path(name).time_zone
            click.echo(f"{name}: {mine.user}, {mine.role}. Times are on the clocks of {zone}.")


@click.command()
@click.argument("course")
@click.argument("module")
@click.argument("submission")
def choose(course: str, module: str, submission: str) -> None:
    """Let SUBMISSION of MODULE count, even if it is late. `coursekit submissions` lists them.

    \b
    coursekit choose leading-innovation spike-at-65 0f3a5c…
    """
    from coursekit.cli import learners_words
    from coursekit.wiring.learner import connect

    with connect(tell=tell) as exchange:
        exchange.choose(course, submission)
        zone = exchange.path(course).time_zone
        rows = exchange.my_submissions(course, module)
    for row in rows:
        click.echo(learners_words.submission_line(row, zone))


@click.command()
@click.argument("course")
@click.argument("module")
@click.option(
    "--to", type=_FOLDER, default=None, help="Where to; a folder named like the module when left out."
)
@click.option("--replace", is_flag=True, help="Fetch files that are missing from a folder that is there.")
def fetch(course: str, module: str, to: Path | None, replace: bool) -> None:
    """Get an open MODULE of COURSE.

    \b
    coursekit fetch leading-innovation spike-at-65
    """
    from coursekit.wiring.learner import connect, take_home

    folder = to or Path(module)
    with connect(tell=tell) as exchange:
        release = take_home(exchange, course, module, folder, add_missing=replace)
    click.echo(f"{folder} has release {release}. Open {folder / module}.ipynb.")


@click.command()
@click.argument("prompt")
@click.option(
    "--in", "folder", type=_FOLDER, default=Path(), help="The module's folder; this one when left out."
)
def commit(prompt: str, folder: Path) -> None:
    """Seal the answer to PROMPT as it stands in the saved notebook, and see what it reveals.

    \b
    coursekit commit p3 --in spike-at-65
    """
    from coursekit.model.ids import PromptId
    from coursekit.policy.chain import moment
    from coursekit.services import answer
    from coursekit.wiring.learner import connect, open_workbook

    workbook = open_workbook(folder)
    with connect(tell=tell) as exchange:
        committed = answer.commit(workbook, exchange, PromptId(prompt))
    click.echo(f"Committed at {moment(committed.receipt.at)}.")
    for cell in committed.reveal.cells:
        if cell.source:
            click.echo("\n" + cell.source)
        if cell.alt:
            click.echo(f"\n[{cell.alt}]")
    if committed.missing:
        click.echo(f"\nStill to commit: {', '.join(committed.missing)}.")


@click.command()
@click.argument("folder", type=_FOLDER, default=Path())
@click.option(
    "--use-this", is_flag=True, help="Let it count even if it is late and an earlier one was in time."
)
def submit(folder: Path, use_this: bool) -> None:
    """Hand in the module in FOLDER (this one when left out) and get a receipt.

    Answers that are not committed yet are committed with it.
    """
    from coursekit.policy.chain import moment
    from coursekit.wiring.learner import connect, hand_in, say_standing

    with connect(tell=tell) as exchange:
        done = hand_in(exchange, folder, use_this)
        standing = say_standing(exchange, done)
    click.echo(f"Handed in at {moment(done.answer.receipt.at)}. Receipt {done.answer.submission}.")
    for sentence in standing:
        click.echo(sentence)
    if done.answer.missing:
        click.echo(
            f"Kept, and not complete: {', '.join(done.answer.missing)} still to answer. "
            "Answer and submit again; the next module opens then."
        )
    for module in done.answer.opened:
        click.echo(f"{module} is open now.")
    click.echo(
        "In a moment: coursekit pointers, or ck.pointers() in the notebook, shows what the checks found."
    )
    for warning in done.warnings:
        click.echo(f"Note: {warning}", err=True)
