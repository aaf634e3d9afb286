"""The graders' side of the checks with real parts: the module's checks.json, graded folders, gradebook, record.

Text models and what they need are loaded where there is prose with a rubric, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from coursekit import __version__
from coursekit.model.errors import BadInput, CoursekitError, NotFound
from coursekit.model.ids import Digest, PromptId
from coursekit.model.prosereport import ProseReport
from coursekit.model.reflection import Marked
from coursekit.model.submission import canonical, sha256
from coursekit.store.reflections import ReflectionRecord
from coursekit.wiring.clock import utc_now
from coursekit.wiring.prose import Asked, Place, digest_of, find_place, history, read_answers, read_asked

if TYPE_CHECKING:
    from coursekit.model.reviewing import Answer
    from coursekit.policy.reflection.certificate import Audited
    from coursekit.services.replay import Replayed
    from coursekit.services.review import Appeal, Desk
    from coursekit.store.prosemarks import ProseMarks

_LIBRARIES = ("numpy", "scipy", "py3langid")
"""What may change a number in the sixth place."""
_SOON = 5.0
"""Seconds that asking for appeals may take: a grader can work without them."""


def tools() -> dict[str, str]:
    """Library → version, of all that may change a number; and what was added as data, which has no version."""
    from coursekit.wiring.textmodels import added_models

    added = {one.name: one.digest for one in added_models().all()}
    return {"coursekit": __version__, **{name: version(name) for name in _LIBRARIES}, **added}


# ------------------------------------------------------------------------------------------------ grading


def check(place: Place, drafts: bool, force: bool = False) -> ProseReport | None:
    """Check the prose of everybody whose work is graded. None where there is none to be checked.

    Whatever goes wrong is said in the report, and leaves the answers to a person, as they are without it.
    """
    if not (place.source / "rubrics.yml").is_file():
        return None
    try:
        return _check(place, drafts, force)
    except CoursekitError as error:
        return ProseReport(events=(f"Written answers were not checked. {error.detail} {error.next_step}",))
    except Exception as error:
        return ProseReport(
            events=(
                f"Written answers were not checked ({type(error).__name__}); a person reads all of them. "
                "That is a flaw of coursekit. Please report it.",
            )
        )


def _check(place: Place, drafts: bool, force: bool) -> ProseReport | None:
    asked = read_asked(place)
    if not asked.with_rubric:
        return None
    answers = read_answers(place, asked)
    if not answers:
        return None
    from coursekit.services.check_prose import Author, Tools, check_prose
    from coursekit.store.prosemarks import ProseMarks
    from coursekit.wiring.textmodels import SHIPPED, find_endpoint, open_models, optional_digests

    author = Author(asked.checks, asked.bases, _exemplars(place), tools(), drafts)
    second = find_endpoint(place.root)
    today = optional_digests(second)
    how = Tools(
        open_models,
        utc_now,
        second=second,
        is_current=lambda models: {n: d for n, d in models.items() if n not in SHIPPED} == today,
    )
    with ProseMarks(place.db_url, place.module, asked.notebook) as gradebook:
        return check_prose(author, answers, place.record, gradebook, how, force)


def _exemplars(place: Place) -> Mapping[PromptId, tuple[Marked, ...]]:
    """The author's marked answers, by prompt."""
    from coursekit.store.authored import read_exemplars

    found: dict[PromptId, tuple[Marked, ...]] = {}
    for exemplar in read_exemplars(place.source):
        if exemplar.marks and "text" in exemplar.response:
            found[exemplar.prompt] = (*found.get(exemplar.prompt, ()), Marked.of(exemplar))
    return found


# ----------------------------------------------------------------------------------------------- reviewing


@contextmanager
def open_desk(place: Place) -> Iterator[Desk]:
    """What a grader works at, whether anything was checked or not.

    Raises BadInput when nothing was built or graded yet.
    """
    from coursekit.store.prosemarks import ProseMarks

    asked = read_asked(place)
    with ProseMarks(place.db_url, place.module, asked.notebook) as gradebook:
        yield make_desk(place, asked, read_answers(place, asked), place.record, gradebook)


def make_desk(
    place: Place, asked: Asked, answers: Sequence[Answer], record: ReflectionRecord, gradebook: ProseMarks
) -> Desk:
    """The same of what was read before."""
    from coursekit.services.review import Desk

    if not answers and not record.is_there():
        raise BadInput(
            "nothing-graded",
            f"No written answer to {place.module} was graded yet.",
            f"Run `coursekit grade {place.module}` first.",
        )
    return Desk(asked.bases, answers, record, gradebook, utc_now)


def find_appeals(place: Place) -> list[Appeal]:
    """Appeals at the exchange, for whoever is signed in and may see them; nothing otherwise."""
    from coursekit.services.review import Appeal
    from coursekit.wiring.settings import connection

    try:
        connection()
        from coursekit.wiring.learner import connect

        with connect(_SOON, attempts=1) as exchange:
            rows = exchange.appeals(place.course, place.module)
    except CoursekitError:
        return []
    return [
        Appeal(
            sha256(canonical([row.submission, row.prompt])),
            digest_of(row.submission),
            PromptId(row.prompt),
            row.reason,
        )
        for row in rows
    ]


def marked_of(root: Path | None, module: str, prompt: str) -> tuple[Marked, ...]:
    """The answers to a prompt that people have marked: the author's exemplars, then what graders have reviewed."""
    from coursekit.policy.reflection.check import text_digest

    place = find_place(root, module)
    exemplars = _exemplars(place).get(PromptId(prompt), ())
    basis = read_asked(place).bases.get(PromptId(prompt))
    if basis is None:
        return exemplars
    known = {text_digest(m.text) for m in exemplars}
    record = place.record

    def text(digest: Digest) -> str | None:
        content = record.inputs.find(digest)
        return content.decode("utf-8", "surrogatepass") if content is not None else None

    return (*exemplars, *(m for m in history(place).marked(basis, text) if m.id not in known))


def audited_of(root: Path | None, module: str, prompt: str) -> tuple[Audited, ...]:
    """The decisions about a prompt that may earn a certificate: drawn by lot, and marked blind."""
    from coursekit.policy.reflection.audits import audited

    place = find_place(root, module)
    basis = read_asked(place).bases.get(PromptId(prompt))
    return audited(history(place), basis) if basis is not None else ()


# -------------------------------------------------------------------------------------------------- replay


def replay(path: Path, advance: Callable[[], None] = lambda: None) -> Replayed:
    """Reckon the record in that file again. Raises NotFound when there is none."""
    from coursekit.services.replay import replay as reckon
    from coursekit.wiring.textmodels import open_models

    if not path.is_file():
        raise NotFound(
            "no-such-record",
            f"There is no record {path}.",
            "Records lie in .coursekit/reflections/ of the course's folder.",
        )
    record = ReflectionRecord.at(path)
    entries, faults = record.look()
    models = open_models()
    used = {name for entry in entries for name in _models_in(entry.body)}
    if models.embedding is not None and models.embedding.name not in used:
        models = replace(models, embedding=None)
    return reckon(entries, faults, record.inputs.find, models, tools(), advance)


def _models_in(body: Mapping[str, object]) -> list[str]:
    checked = body.get("checked")
    models = checked.get("models") if isinstance(checked, Mapping) else None
    return list(models) if isinstance(models, Mapping) else []
