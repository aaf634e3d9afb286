"""Put a course up, release its modules, show a learner the path, and hand out what is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from coursekit.model.course import Course, Module
from coursekit.model.deadline import HandedIn, Terms
from coursekit.model.errors import BadInput, Conflict, Locked, NotFound
from coursekit.model.event import Event
from coursekit.model.ids import (
    CourseId,
    Digest,
    ModuleId,
    PromptId,
    ReleaseNumber,
    SubmissionId,
    UserId,
    is_slug,
)
from coursekit.model.outcome import Refused
from coursekit.model.parts import Fault, modules_of_parts, part_faults
from coursekit.model.people import Record, Tally
from coursekit.model.submission import (
    Manifest,
    Release,
    SealedReveal,
    canonical,
)
from coursekit.policy.gate import closed_by_change, find_circle, may_open
from coursekit.policy.progress import Facts, state_of
from coursekit.policy.sealing import find_leak
from coursekit.policy.standing import counting, standing_of, terms_for
from coursekit.policy.uploads import is_shallow
from coursekit.services import desk
from coursekit.services.desk import Exchange
from coursekit.wire.api import (
    Fetched,
    FileShape,
    Path,
    PathPart,
    RefusalShape,
    Released,
    ReleaseUpload,
    RevealShape,
    Step,
)
from coursekit.wire.checks import parse_checks
from coursekit.wire.prompts import prompt_from_json


def put_course(exchange: Exchange, actor: UserId, course: Course) -> None:
    """Make this the course's definition. Nothing that is open to somebody closes by it.

    Raises BadInput for prerequisites that do not exist or go in a circle and for parts that do not go together, and
    Conflict when a module that was already released is left out.
    """
    _check_graph(course)
    with exchange.ledger.write(course.id) as deed:
        now = exchange.clock()
        before = deed.find_course(course.id)
        if before is not None:
            gone = [m for m in deed.released_modules(course.id) if course.find_module(m) is None]
            if gone:
                raise Conflict(
                    "released-module-left-out",
                    f"{gone[0]} was released to learners and cannot be left out.",
                    "Put it back into course.yml; move it to the end if it is no longer needed.",
                )
            for learner, record in deed.records(course.id).items():
                for module in closed_by_change((before, record), (course, record), now):
                    deed.add_opening(course.id, module, learner, False, "the course was edited", now)
        deed.put_course(course)
        deed.add_event(Event(course.id, now, actor, "put course", course.title))


def release_module(
    exchange: Exchange, actor: UserId, course: CourseId, module: ModuleId, upload: ReleaseUpload
) -> Released:
    """Keep a new release of a module: learners' files, what waits for their commitments, what checks need.

    The same content as the newest release stays that release. Raises BadInput when something that is to be
    sealed stands in a learner's file.
    """
    prompts = tuple(prompt_from_json(p) for p in upload.prompts)
    sealed_paths = [f.path for reveal in upload.reveals for f in reveal.files]
    leak = find_leak({f.path: f.content for f in upload.files}, sealed_paths)
    if leak is not None:
        raise BadInput.of(leak)
    known: list[str] = [p.id for p in prompts]
    waited_for = [r.after for r in upload.reveals]
    for twice in (known, waited_for):
        doubled = next((name for name in twice if twice.count(name) > 1), None)
        if doubled is not None:
            raise BadInput(
                "duplicate-prompt",
                f"{doubled} stands twice in this release of {module}.",
                "Run `coursekit check`, mend the notebook, build and release again.",
            )
    for reveal in upload.reveals:
        if reveal.after not in known:
            raise BadInput(
                "unknown-prompt",
                f"A reveal waits for {reveal.after}, which is no prompt of {module}.",
                "Run `coursekit check`, mend the notebook, build and release again.",
            )
    # All of it is looked at before any of it is kept.
    cells = [_spell(module, [c.model_dump() for c in r.cells]) for r in upload.reveals]
    _spell(module, upload.prompts)
    for part in (upload.files, *(r.files for r in upload.reveals if r.files)):
        desk.check_files(exchange.limits, part)
    if upload.checks is not None:
        _check_checks(exchange, upload.checks)
    with exchange.ledger.read() as deed:
        desk.get_course(deed, course).get_module(module)
    files = desk.keep_files(exchange.blobs, upload.files)
    reveals = tuple(
        SealedReveal(
            PromptId(r.after),
            exchange.blobs.put(text),
            desk.keep_files(exchange.blobs, r.files),
        )
        for r, text in zip(upload.reveals, cells, strict=True)
    )
    checks = exchange.blobs.put(upload.checks) if upload.checks is not None else Digest("")
    with exchange.ledger.write(course) as deed:
        now = exchange.clock()
        desk.get_course(deed, course).get_module(module)
        newest = deed.find_release(course, module)
        release = Release(
            course,
            module,
            ReleaseNumber((newest.number if newest else 0) + 1),
            files,
            prompts,
            reveals,
            now,
            actor,
            checks,
        )
        if newest is not None and _same_content(newest, release):
            return Released(
                course=course,
                module=module,
                release=newest.number,
                released_at=newest.released_at,
                unchanged=True,
            )
        deed.add_release(release)
        deed.add_event(Event(course, now, actor, "release", module, {"release": release.number}))
    return Released(course=course, module=module, release=release.number, released_at=now)


def show_path(exchange: Exchange, course: CourseId, learner: UserId) -> Path:
    """The learner's way through the course: each module's state, and why a locked one is locked."""
    now = exchange.clock()
    with exchange.ledger.read() as deed:
        definition = deed.find_course(course)
        if definition is None:
            # Enrolled before anything was put up: an empty path, so that nbgrader's lists are empty, not broken.
            return Path(course=course, title=course, time_zone="UTC", steps=[])
        member = deed.find_member(course, learner)
        record, tallies = deed.standing(course, learner)
        released = deed.released_modules(course)
        held = {m: t.fetched for m, t in tallies.items() if t.fetched is not None}
        done = {m: t.completed for m, t in tallies.items() if t.completed is not None}
        known = deed.find_releases(course, {**released, **held})
        # What was complete once is shown as it was then: a later release that asks for more takes nothing back.
        then = deed.find_releases(course, done)
        extensions = deed.extensions(course, learner=learner)
        handed_in = deed.handed_in(course, learners=[learner])
        choices = deed.choices(course, learner=learner) if handed_in else {}
        steps = [
            _step(
                definition,
                module,
                record,
                tallies.get(module.id, Tally()),
                released.get(module.id),
                then.get(module.id) or known.get(module.id),
                terms_for(definition, module, [e for e in extensions if e.module == module.id]),
                [h for h in handed_in if h.module == module.id],
                choices.get((learner, module.id)),
                now,
            )
            for module in definition.modules
        ]
    zone = (member.time_zone if member else "") or definition.time_zone
    return Path(
        course=course,
        title=definition.title,
        time_zone=zone,
        course_time_zone=definition.time_zone,
        language=definition.language,
        steps=steps,
        parts=[
            PathPart(id=part.id, title=part.title, summary=part.summary, modules=[m.id for m in modules])
            for part, modules in modules_of_parts(definition)
        ],
    )


def fetch_module(
    exchange: Exchange,
    course: CourseId,
    module: ModuleId,
    learner: UserId,
    number: ReleaseNumber | None = None,
) -> Fetched:
    """The newest release's files, for an open module; or an earlier one's that this learner has.

    Raises Locked with the reason, and no byte.
    """
    if number is not None:
        release = _release_again(exchange, course, module, learner, number)
    else:
        with exchange.ledger.write(course, learner) as deed:
            now = exchange.clock()
            here = desk.get_open_module(deed, course, module, learner, now)
            release = desk.get_release(deed, course, module)
            deed.note_fetch(course, module, learner, release.number, now)
            # A release that asks for less than the last may be complete with what is committed already.
            desk.note_if_complete(deed, release, learner, here.tally, (), now)
            deed.add_event(Event(course, now, learner, "fetch", module, {"release": release.number}))
    return Fetched(
        course=course,
        module=module,
        release=release.number,
        files=desk.hand_out(exchange.blobs, release.files),
    )


def open_reveal(
    exchange: Exchange, course: CourseId, module: ModuleId, learner: UserId, prompt: PromptId
) -> RevealShape:
    """What the learner's commitment opened. Raises Locked before it."""
    with exchange.ledger.read() as deed:
        # Names that nothing can have are looked up nowhere: not every database takes every character.
        known = is_slug(module) and is_slug(prompt)
        found = deed.find_commitment(course, module, learner, prompt) if known else None
        if found is None:
            raise Locked(
                "not-committed",
                "This opens after you commit your answer.",
                "Write your answer, then press Commit.",
            )
        release = desk.get_release(deed, course, module, found[0].release)
        peers = desk.find_peers(deed, release, desk.get_prompt(release, prompt), learner)
    return desk.reveal_shape(exchange.blobs, release.find_reveal(prompt), peers)


def _release_again(
    exchange: Exchange, course: CourseId, module: ModuleId, learner: UserId, number: ReleaseNumber
) -> Release:
    with exchange.ledger.read() as deed:
        desk.get_open_module(deed, course, module, learner, exchange.clock())
        if number not in deed.fetched(course, module, learner):
            raise NotFound(
                "not-your-release",
                f"You have not had release {number} of {module}.",
                "Fetch the newest one.",
            )
        return desk.get_release(deed, course, module, number)


def _step(
    course: Course,
    module: Module,
    record: Record,
    tally: Tally,
    newest: ReleaseNumber | None,
    release: Release | None,
    terms: Terms,
    handed_in: Sequence[HandedIn],
    chosen: SubmissionId | None,
    now: datetime,
) -> Step:
    decision = may_open(course, module, record, now)
    counts = counting(handed_in, terms, chosen)
    shown = next((h for h in reversed(handed_in) if counts in (None, h.submission)), None)
    state = state_of(
        Facts(
            module.id,
            newest is not None,
            decision,
            tally.fetched is not None,
            len(tally.committed),
            tally.submissions,
            tally.feedback_at is not None,
        )
    )
    required = release.required() if release else frozenset()
    # A question that was answered and is gone from the module stays a step that was made.
    gone = tally.committed - {p.id for p in release.prompts} if release else frozenset()
    return Step(
        module=module.id,
        title=module.title,
        summary=module.summary,
        minutes=module.minutes,
        state=state.value,
        refusal=RefusalShape(**asdict(decision)) if isinstance(decision, Refused) else None,
        opens=module.opens,
        due=terms.due,
        closes=terms.closes,
        extended=terms.is_extended,
        release=newest,
        fetched_release=tally.fetched,
        update_available=tally.fetched is not None and newest is not None and newest > tally.fetched,
        committed=len(tally.committed & required) + len(gone),
        required=len(required) + len(gone),
        submissions=tally.submissions,
        submitted_at=tally.submitted_at,
        counting=counts,
        standing=standing_of(terms, shown.at).value if shown else None,
    )


def _check_graph(course: Course) -> None:
    try:
        ZoneInfo(course.time_zone)
    # A folder's name, or one that is too long for a file's, is refused in other words than an unknown one.
    except (ValueError, OSError, ZoneInfoNotFoundError) as error:
        raise BadInput(
            "unknown-time-zone",
            f"“{course.time_zone}” is no time zone.",
            "Use an IANA name in course.yml, such as Europe/Vienna.",
        ) from error
    ids = [m.id for m in course.modules]
    for module in course.modules:
        if ids.count(module.id) > 1:
            raise BadInput(
                "duplicate-module", f"{module.id} stands twice in the course.", "Give one another id."
            )
        for before in module.after:
            if before not in ids:
                raise BadInput(
                    "unknown-prerequisite",
                    f"{module.id} comes after {before}, which is no module of the course.",
                    "Correct `after` in course.yml.",
                )
    circle = find_circle(course.modules)
    if circle:
        raise BadInput(
            "prerequisite-circle",
            f"Nobody could ever open these: {' waits for '.join(circle)}.",
            "Take one of these prerequisites out of course.yml.",
        )
    # A part that no module is in shows nowhere, and is in nobody's way.
    fault = next((f for f in part_faults(course) if f.fault is not Fault.EMPTY), None)
    if fault is not None:
        raise BadInput.of(fault.refused)


def _spell(module: ModuleId, value: object) -> bytes:
    """The JSON of a part of a release. Raises BadInput for what could not be read back by everybody."""
    try:
        if not is_shallow(value):
            raise ValueError("too deep")
        return canonical(value)
    # Half an emoji, or lists within lists without end.
    except ValueError as error:
        raise BadInput(
            "unreadable-release",
            f"{module} has a character or an output that cannot be kept.",
            "Look for a broken emoji in its texts and for outputs that are nested very deeply, then build again.",
        ) from error


def _check_checks(exchange: Exchange, content: bytes) -> None:
    """Raises BadInput or TooLarge when that is no checks.json."""
    desk.check_files(exchange.limits, [FileShape.of("checks.json", content)])
    try:
        parse_checks(content)
    # Half an emoji in a rubric: it has no bytes, and so no digest.
    except UnicodeError as error:
        raise BadInput(
            "broken-file",
            "checks.json has a character that cannot be kept.",
            "Look for a broken emoji in rubrics.yml and in the case, then build again.",
        ) from error


def _same_content(one: Release, other: Release) -> bool:
    """Whether `other` brings nothing that `one` does not have. A client that knows of no checks takes none away."""
    if other.checks not in ("", one.checks):
        return False

    def content(release: Release) -> tuple[frozenset[tuple[str, Digest]], object, Sequence[object]]:
        def flat(files: Manifest) -> frozenset[tuple[str, Digest]]:
            return frozenset((f.path, f.digest) for f in files)

        return (
            flat(release.files),
            release.prompts,
            [(r.after, r.cells, flat(r.files)) for r in release.reveals],
        )

    return content(one) == content(other)
