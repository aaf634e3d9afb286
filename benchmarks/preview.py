"""`coursekit preview`: to the first page, and from a save to the page; beside two other ways to look.

python benchmarks/preview.py [--json] [--runs 5] [--module spike-at-65]

The page stands when its first form does, or the sentence that was saved, in Chromium with a new profile each time.
The peers look at the same notebook, its exhibits beside it. `jupyter nbconvert --execute --to html`: a whole
process, and no other way to show a saved sentence. JupyterLab without our extension: from its command to the
notebook's heading, which runs nothing and knows no learner. All in turn, in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).absolute().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PATIENCE = 300_000
"""Milliseconds."""


@contextmanager
def running(command: list[str], folder: Path, environment: dict[str, str]) -> Iterator[str]:
    """A process that says an address; gives it."""
    said: list[str] = []
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            said.append(line)
            found = re.search(r"http://127\.0\.0\.1:\S+", line)
            if found:
                yield found[0]
                return
        raise SystemExit("".join(said))
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(30)
        # Such as kernels.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def shown(browser: Browser, url: str, what: str) -> Iterator[Page]:
    """The page at that address, once `what` is to be seen."""
    with browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB") as context:
        page = context.new_page()
        page.goto(url, timeout=PATIENCE)
        page.locator(what).first.wait_for(timeout=PATIENCE)
        yield page


def seconds(deed: Callable[[], object]) -> float:
    start = time.perf_counter()
    deed()
    return time.perf_counter() - start


class Course:
    """A copy of the reference course, one module of which is looked at and changed."""

    def __init__(self, folder: Path, module: str) -> None:
        self.folder, self.module = folder, module
        for name in ("modules", "cases"):
            shutil.copytree(
                ROOT / name, folder / name, ignore=shutil.ignore_patterns(".coursekit", ".ipynb_*")
            )
        self.master = folder / "modules" / module / f"{module}.ipynb"
        course = json.loads(self.master.read_text(encoding="utf-8"))
        prompts = [c["metadata"].get("coursekit", {}).get("prompt") for c in course["cells"]]
        self.first = next(prompt["id"] for prompt in prompts if prompt)
        self.saves = 0

    def exhibits_beside(self) -> None:
        """For whoever runs the master where it stands."""
        from coursekit.store.coursefiles import CourseFolder

        found = CourseFolder(self.folder).course().get_module(self.module)  # type: ignore[arg-type]
        if found.case is not None:
            there = self.master.parent / "exhibits"
            shutil.copytree(self.folder / "cases" / found.case / "exhibits", there, dirs_exist_ok=True)

    def save(self, *, code: bool) -> str:
        """Another sentence at the top, and another line in every cell of code if so wanted; gives the sentence."""
        self.saves += 1
        sentence = f"This sentence was saved as number {self.saves}."
        value: dict[str, Any] = json.loads(self.master.read_text(encoding="utf-8"))
        prose = next(cell for cell in value["cells"] if cell["cell_type"] == "markdown")
        text = re.sub(r"\n\nThis sentence was saved as number \d+\.", "", "".join(prose["source"]))
        prose["source"] = f"{text}\n\n{sentence}"
        for cell in value["cells"]:
            if code and cell["cell_type"] == "code" and "reveal" in cell["metadata"].get("coursekit", {}):
                cell["source"] = "".join(cell["source"]) + f"\n# {self.saves}"
        new = self.master.with_name(".new")
        new.write_text(json.dumps(value), encoding="utf-8")
        new.replace(self.master)
        return sentence


def one_run(folder: Path, module: str, browser: Browser) -> dict[str, float]:
    """All of it once."""
    from support.labserver import environment

    found: dict[str, float] = {}
    course = Course(folder / "course", module)
    home = folder / "home"
    home.mkdir()
    around = environment(home, PYTHONUNBUFFERED="1")
    start = time.perf_counter()
    command = ["coursekit", "preview", module, "--no-browser", "--course", str(course.folder)]
    with (
        running(command, home, around) as url,
        shown(browser, url, f".ck-beneath [data-prompt={course.first}]") as page,
    ):
        found["first page"] = time.perf_counter() - start
        for kind in ("text", "code"):

            def look(kind: str = kind) -> None:
                sentence = course.save(code=kind == "code")
                page.locator(".jp-Notebook", has_text=sentence).wait_for(timeout=PATIENCE)

            found[f"{kind} saved"] = seconds(look)
    course.exhibits_beside()
    beside = course.master.parent
    convert = ("jupyter", "nbconvert", "--execute", "--to", "html", "--output", "page", course.master.name)

    def converted() -> None:
        done = subprocess.run(
            [sys.executable, "-m", *convert],
            cwd=beside,
            env=around,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(done.stdout + done.stderr)

    found["nbconvert"] = seconds(converted)
    settings = home / ".jupyter" / "labconfig"
    settings.mkdir(parents=True, exist_ok=True)
    off = ["@coursekit/lab", "@jupyterlab/apputils-extension:announcements"]
    (settings / "page_config.json").write_text(json.dumps({"disabledExtensions": dict.fromkeys(off, True)}))
    start = time.perf_counter()
    command = ["jupyterlab", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1", "--ServerApp.port=0"]
    with running([*command, f"--ServerApp.root_dir={beside}"], home, around) as url:
        address, token = url.split("?")[0].removesuffix("/lab"), url.split("token=")[1]
        tree = f"{address}/lab/tree/{course.master.name}?token={token}"
        with shown(browser, tree, ".jp-Notebook h1"):
            found["lab"] = time.perf_counter() - start
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--module", default="spike-at-65")
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright
    from support.browser import opened

    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    runs = []
    with sync_playwright() as playwright:
        browser = opened(playwright)
        # The first one compiles, and is not counted.
        for _ in range(options.runs + 1):
            with tempfile.TemporaryDirectory(prefix="coursekit-bench-", ignore_cleanup_errors=True) as name:
                runs.append(one_run(Path(name), options.module, browser))
        browser.close()
    del runs[0]
    median = {kind: statistics.median(run[kind] for run in runs) for kind in runs[0]}
    if options.json:
        ratio = statistics.median(run["nbconvert"] / run["text saved"] for run in runs)
        result = {
            "name": "preview",
            "ours": median["text saved"],
            "peer": median["nbconvert"],
            "ratio": ratio,
        }
        more = {kind.replace(" ", "_"): value for kind, value in median.items()}
        print(json.dumps({**result, "unit": "s", "runs": options.runs, **more}))
        return
    for kind, words in (
        ("first page", "coursekit preview, to the first page"),
        ("text saved", "coursekit preview, a sentence saved"),
        ("code saved", "coursekit preview, code saved"),
        ("nbconvert", "jupyter nbconvert --execute"),
        ("lab", "JupyterLab, opens it, runs nothing"),
    ):
        spread = f"{min(run[kind] for run in runs):.1f} to {max(run[kind] for run in runs):.1f}"
        print(f"{words:<40}{median[kind]:8.1f} s   {spread}")
    print(f"medians of {options.runs} runs")


if __name__ == "__main__":
    main()
