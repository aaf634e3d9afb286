"""An author's own lab, whole, with a copy of a course to write in; the exchange is there when it is wanted."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from support.labserver import TOKEN, Lab, environment

ROOT = Path(__file__).parents[2]


@contextmanager
def author_lab(home: Path, course: Path, **more: str) -> Iterator[Lab]:
    """Shows the folder with the course in it; `more`: of the environment."""
    shutil.copytree(course, home / "course")
    there = home / "share/labextensions/@coursekit"
    there.mkdir(parents=True)
    (there / "lab").symlink_to(ROOT / "coursekit" / "labextension")
    news = home / "config/lab/user-settings/@jupyterlab/apputils-extension"
    news.mkdir(parents=True)
    (news / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}')
    mine = environment(
        home, JUPYTER_PATH=str(home / "share"), JUPYTER_CONFIG_DIR=str(home / "config"), **more
    )
    options = ("--LabApp.news_url=None", "--LabApp.expose_app_in_browser=True")
    lab = Lab(home, mine, options, bare=False, shows=home / "course")
    try:
        yield lab.begin().started()
    finally:
        lab.stop()
        lab.line.close()


def address(lab: Lab, module: str = "first") -> str:
    """Where its master is open."""
    return f"{lab.url}/lab/tree/modules/{module}/{module}.ipynb?reset&token={TOKEN}"


def cells(lab: Lab, module: str = "first") -> list[dict[str, Any]]:
    """The master's cells, as they are saved."""
    value = json.loads((lab.root / "modules" / module / f"{module}.ipynb").read_text())
    found: list[dict[str, Any]] = value["cells"]
    return found
