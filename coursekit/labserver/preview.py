"""The preview's routes, in the lab of a `coursekit preview` alone: what stands, what is shown, start over."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

from jupyter_server.utils import url_path_join

from coursekit.labserver.door import Door, blocking, said_kindly
from coursekit.model.errors import NotNow

_LOOK = 0.05
"""Seconds between two looks at a small file."""
_LONGEST = 15.0
_PATIENCE = 60.0


class PreviewHandler(Door):
    """Has the folder in which the preview and its lab tell each other things."""

    _track_activity = False

    def initialize(self, folder: Path) -> None:
        """`folder`: this preview's."""
        self.folder = folder


class NowHandler(PreviewHandler):
    """What stands."""

    @said_kindly
    async def get(self) -> object:
        """Now; with `since`, as soon as it is another, or after some seconds all the same."""
        from coursekit.wire.lab_preview import Now
        from coursekit.wiring.preview_state import NOW, read_state

        since = self.get_query_argument("since", "")
        end = time.monotonic() + _LONGEST
        while True:
            found = read_state(self.folder / NOW)
            if found is not None and (str(found["number"]) != since or time.monotonic() > end):
                return Now.model_validate(found)
            if time.monotonic() > end:
                raise NotNow("no-preview", "The preview does not answer.", "Look into its terminal.")
            await asyncio.sleep(_LOOK)


class ShownHandler(PreviewHandler):
    """What is before somebody's eyes."""

    @said_kindly
    async def post(self) -> object:
        """Note it."""
        from coursekit.wire.lab_preview import Shown
        from coursekit.wiring.clock import utc_now
        from coursekit.wiring.preview_state import SHOWN, write_state

        shown = self.body(Shown)
        value: dict[str, Any] = {**shown.model_dump(), "at": utc_now().timestamp()}
        await blocking(write_state, self.folder / SHOWN, value)
        return Door.NOTHING


class StartOverHandler(PreviewHandler):
    """A fresh beginning."""

    @said_kindly
    async def post(self) -> object:
        """Ask for it, and wait until it is made."""
        from coursekit.wiring.preview_state import START_OVER

        asked = self.folder / START_OVER
        asked.touch()
        end = time.monotonic() + _PATIENCE
        while asked.exists():
            if time.monotonic() > end:
                raise NotNow("no-preview", "The preview does not answer.", "Look into its terminal.")
            await asyncio.sleep(_LOOK)
        return Door.NOTHING


def preview_handlers(base_url: str, folder: Path) -> list[tuple[str, type[Door], dict[str, Any]]]:
    """For the server's application."""
    below = url_path_join(base_url, "coursekit/api/preview")
    routes: list[tuple[str, type[Door]]] = [
        (below, NowHandler),
        (f"{below}/shown", ShownHandler),
        (f"{below}/start-over", StartOverHandler),
    ]
    return [(path, handler, {"folder": folder}) for path, handler in routes]
