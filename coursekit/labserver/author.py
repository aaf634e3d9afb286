"""Routes of the author panel, below <base_url>coursekit/api/author/. Each is one verb of `AuthorRoom`, in a thread.

GET  of?path=                          which master that is; null for any other notebook
POST findings                          what check says of a notebook as it stands before its author
GET, PUT sheets/{rubrics,exemplars}    the files beside it, as values
POST preview                           the learner's view, as long as this server runs
POST changes                           build and generate: what a release would bring
POST releases                          and release it
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from jupyter_server.utils import url_path_join

from coursekit.labserver.door import Door, blocking, said_kindly

if TYPE_CHECKING:
    from coursekit.wiring.author_room import AuthorRoom

T = TypeVar("T")


class Study:
    """The author's room, made when it is first asked for."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.Lock()
        self._made: AuthorRoom | None = None
        # Two tabs that write the same file write it one after the other.
        self.writing: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    @property
    def room(self) -> AuthorRoom:
        """Loads what checks notebooks. Blocks."""
        with self._lock:
            if self._made is None:
                from coursekit.wiring.author_room import AuthorRoom

                self._made = AuthorRoom(self._root)
            return self._made


class AuthorHandler(Door):
    """Runs one verb."""

    def initialize(self, study: Study) -> None:
        """`study`: this server's."""
        self.study = study

    async def do(self, verb: Callable[[AuthorRoom], T]) -> T:
        """In a thread."""
        return await blocking(lambda: verb(self.study.room))

    async def do_alone(self, path: str, verb: Callable[[AuthorRoom], T]) -> T:
        """In a thread, and alone with that notebook's files."""

        def alone() -> T:
            with self.study.writing[path]:
                return verb(self.study.room)

        return await blocking(alone)


class OfHandler(AuthorHandler):
    """Which master a notebook is."""

    _track_activity = False

    @said_kindly
    async def get(self) -> object:
        """None for any other notebook."""
        path = self.get_query_argument("path", "", strip=False)
        return await self.do(lambda room: _module(room, path))


class FindingsHandler(AuthorHandler):
    """What is to be mended."""

    _track_activity = False

    @said_kindly
    async def post(self) -> object:
        """As the notebook stands there."""
        from coursekit.wire.lab_author import AuthorFinding, FindingsRequest

        asked = self.body(FindingsRequest)
        found = await self.do(lambda room: room.findings(asked.path, asked.notebook))
        return [AuthorFinding.model_validate(vars_of(one)) for one in found]


class SheetHandler(AuthorHandler):
    """rubrics.yml or exemplars.yml."""

    @said_kindly
    async def get(self, name: str) -> object:
        """As it stands."""
        path = self.get_query_argument("path", "", strip=False)
        return _sheet(await self.do(lambda room: room.sheet(path, name)))

    @said_kindly
    async def put(self, name: str) -> object:
        """With another value; 409 when it is not what was seen."""
        from coursekit.wire.lab_author import SheetRequest

        asked = self.body(SheetRequest)
        return _sheet(
            await self.do_alone(
                asked.path, lambda room: room.write_sheet(asked.path, name, asked.digest, asked.value)
            )
        )


class PreviewHandler(AuthorHandler):
    """The learner's view."""

    @said_kindly
    async def post(self) -> object:
        """Where it is; started when it is not there."""
        from coursekit.wire.lab_author import AuthorPreview, PathRequest

        path = self.body(PathRequest).path
        return AuthorPreview(url=await self.do(lambda room: room.preview(path)))


class ChangesHandler(AuthorHandler):
    """What a release would bring."""

    @said_kindly
    async def post(self) -> object:
        """Build and generate first."""
        from coursekit.wire.lab_author import AuthorChange, AuthorChanges, PathRequest

        path = self.body(PathRequest).path
        before, digest, found = await self.do_alone(path, lambda room: room.prepare(path))
        changes = [AuthorChange.model_validate({"part": p, "name": n, "what": w}) for p, n, w in found]
        return AuthorChanges(before=before, digest=digest, changes=changes)


class ReleasesHandler(AuthorHandler):
    """A release."""

    @said_kindly
    async def post(self) -> object:
        """Just what was looked at."""
        from coursekit.wire.lab_author import AuthorReleased, ReleaseRequest
        from coursekit.wiring.learner import connect

        asked = self.body(ReleaseRequest)

        def release(room: AuthorRoom) -> tuple[int, bool]:
            with connect(timeout=60.0, attempts=3) as exchange:
                return room.release(asked.path, asked.digest, exchange)

        number, unchanged = await self.do_alone(asked.path, release)
        return AuthorReleased(release=number, unchanged=unchanged)


def vars_of(finding: Any) -> dict[str, Any]:
    """A finding's fields."""
    from dataclasses import asdict

    return asdict(finding)


def _module(room: AuthorRoom, path: str) -> object:
    from coursekit.wire.lab_author import AuthorCompetency, AuthorModule, AuthorRubric

    master = room.find(path)
    if master is None:
        return None
    return AuthorModule(
        course=master.course.id,
        module=master.module.id,
        title=master.module.title,
        competencies=[AuthorCompetency(id=c.id, title=c.title) for c in master.course.competencies],
        rubrics=[AuthorRubric(name=n, points=r.points) for n, r in sorted(master.rubrics().items())],
        exhibits=list(master.exhibits),
    )


def _sheet(found: tuple[str, dict[str, Any]]) -> object:
    from coursekit.wire.lab_author import AuthorSheet

    digest, value = found
    return AuthorSheet(digest=digest, value=value)


def author_handlers(base_url: str, root: Path) -> list[tuple[str, type[Door], dict[str, Any]]]:
    """For the server's application."""
    below = url_path_join(base_url, "coursekit/api/author")
    routes: list[tuple[str, type[Door]]] = [
        ("of", OfHandler),
        ("findings", FindingsHandler),
        ("sheets/(rubrics|exemplars)", SheetHandler),
        ("preview", PreviewHandler),
        ("changes", ChangesHandler),
        ("releases", ReleasesHandler),
    ]
    study = Study(root)
    return [(f"{below}/{path}", handler, {"study": study}) for path, handler in routes]
