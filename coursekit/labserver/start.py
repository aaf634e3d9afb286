"""What happens when a Jupyter server starts: routes are added, and nothing else is loaded or asked yet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from traitlets import Float, Unicode
from traitlets.config import Configurable


class LabServer(Configurable):
    """Settings, as `c.LabServer.poll_seconds = 20` in jupyter_server_config.py."""

    poll_seconds = Float(
        10.0, min=0.5, config=True, help="Seconds after which a waiting lab's exchange is asked again."
    )
    look_seconds = Float(
        0.3, min=0.05, config=True, help="Seconds after which the modules' folders are looked at again."
    )
    # The proxy in Python that comes from PyPI gives up after 20 s.
    longest_wait = Float(15.0, min=0.0, config=True, help="Seconds that one request may wait for a change.")
    course_folder = Unicode(
        "", config=True, help="Graders: the course's folder, with its gradebook; the server's root if empty."
    )
    preview_folder = Unicode("", config=True, help="Set by `coursekit preview`, in the lab that it starts.")


def start(server: Any) -> None:
    """Add the routes to a Jupyter server (`ServerApp`)."""
    from coursekit.labserver.author import author_handlers
    from coursekit.labserver.handlers import Desk, handlers
    from coursekit.labserver.language import bring_words
    from coursekit.labserver.review import review_handlers

    bring_words()
    settings = LabServer(parent=server)
    root = Path(server.root_dir)
    base_url = server.web_app.settings["base_url"]
    desk = Desk(root, settings.poll_seconds, settings.look_seconds, settings.longest_wait)
    server.web_app.add_handlers(".*$", handlers(base_url, desk))
    folder = Path(settings.course_folder) if settings.course_folder else root
    server.web_app.add_handlers(".*$", review_handlers(base_url, folder))
    server.web_app.add_handlers(".*$", author_handlers(base_url, root))
    if settings.preview_folder:
        from coursekit.labserver.preview import preview_handlers

        server.web_app.add_handlers(".*$", preview_handlers(base_url, Path(settings.preview_folder)))
