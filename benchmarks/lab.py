"""From opening the lab to a course panel of use, beside nbgrader's assignment list; and their sizes.

python benchmarks/lab.py [--json] [--runs 5] [--modules 10]

A real JupyterLab in Chromium, a new browser profile each time, so nothing is cached. Both have a course of the same
length, and a lab without the other's extension. Ours stands open when a lab starts; theirs is opened by its command
in the moment in which the lab is there. Of use: a button to go on, or to fetch, can be pressed.
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exchange import notebook

ROOT = Path(__file__).absolute().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from support.labserver import Lab

COURSE = "lamps"
AIM_BYTES, AIM_SECONDS = 200_000, 1.0

# Moments of the page's own clock, which begins when the address is opened.
WATCH = """([button, command]) => new Promise((resolve, reject) => {
  const end = setTimeout(() => reject(new Error('nothing to press after a minute')), 60000);
  const begin = () => {
    if (!window.jupyterapp) return requestAnimationFrame(begin);
    let there = 0;
    jupyterapp.restored.then(() => {
      there = performance.now();
      if (command) jupyterapp.commands.execute(command);
    });
    const look = () => {
      const found = [...document.querySelectorAll(button)].find(one => one.checkVisibility() && !one.disabled);
      if (!found || !there) return requestAnimationFrame(look);
      clearTimeout(end);
      resolve([there / 1000, performance.now() / 1000]);
    };
    look();
  };
  begin();
})"""
OURS = ["#coursekit-course button.ck-main", ""]
THEIRS = ["#released_assignments_list button", "nbgrader:open-assignment-list"]


@dataclass(frozen=True)
class Opening:
    """One start of a lab; seconds from opening the address."""

    there: float
    usable: float

    @property
    def after(self) -> float:
        """From the lab to the panel; nothing if the panel was there before the lab was whole."""
        return max(0.0, self.usable - self.there)


def sizes(extension: Path) -> tuple[int, int]:
    """Bytes of the scripts that a learner's browser may load: as they are, and packed.

    The author panel's is loaded by whoever opens a master, and by nobody else.
    """
    static = extension / "static"
    scripts = [path.read_bytes() for path in static.glob("*.js") if not path.name.startswith("author.")]
    assert scripts, f"no extension in {extension}"
    return sum(map(len, scripts)), sum(len(gzip.compress(script, 6)) for script in scripts)


def installed(name: str) -> Path:
    """Where this environment has a lab extension."""
    return Path(sys.prefix) / "share" / "jupyter" / "labextensions" / name


@contextmanager
def course(folder: Path, modules: int) -> Iterator[dict[str, str]]:
    """The exchange with a course; gives what a learner's server knows of it."""
    from support.before_the_learner import Course, House
    from support.labserver import Line, running_exchange

    from coursekit.wire.course import CourseShape
    from coursekit.wiring.exchange import open_exchange
    from coursekit.wiring.settings import Storage

    with running_exchange(folder) as url:
        embedded = open_exchange(Storage(folder, None, "folder", folder / "keys"))
        house = House(embedded, url, Line(url))
        house.enrol(COURSE, maria="learner", chen="instructor")
        with house.client("chen") as chen:
            names = [f"m{n:02}" for n in range(modules)]
            listed: list[dict[str, Any]] = [
                {"id": name, "title": name, **({"after": [names[n - 1]]} if n else {})}
                for n, name in enumerate(names)
            ]
            shape = {"id": COURSE, "title": "Lamps", "time_zone": "UTC", "modules": listed}
            chen.put_course(CourseShape.model_validate(shape))
            made = Course(COURSE, house, None, chen, None)  # type: ignore[arg-type]
            for name in names:
                made.release(name)
        yield {"COURSEKIT_URL": url, "COURSEKIT_TOKEN": house.token("maria")}
        house.line.close()
        embedded.ledger.close()


def nbgraders_course(folder: Path, assignments: int) -> str:
    """nbgrader's exchange with as many assignments; the configuration of a learner's server."""
    for n in range(assignments):
        one = folder / "exchange" / COURSE / "outbound" / f"m{n:02}"
        one.mkdir(parents=True)
        (one / f"m{n:02}.ipynb").write_bytes(notebook(n))
    (folder / "exchange" / COURSE / "inbound").mkdir()
    (folder / "exchange").chmod(0o777)
    return (
        f"c = get_config()\nc.Exchange.root = {str(folder / 'exchange')!r}\n"
        f"c.Exchange.cache = {str(folder / 'cache')!r}\nc.CourseDirectory.course_id = {COURSE!r}\n"
    )


@contextmanager
def lab(home: Path, without: str, config: str = "", **more: str) -> Iterator[Lab]:
    """A learner's server, whose lab leaves one extension out."""
    from support.labserver import Lab, environment

    settings = home / ".jupyter" / "labconfig"
    settings.mkdir(parents=True)
    off = [without, "@jupyterlab/apputils-extension:announcements"]
    (settings / "page_config.json").write_text(json.dumps({"disabledExtensions": dict.fromkeys(off, True)}))
    (home / ".jupyter" / "nbgrader_config.py").write_text(config)
    options = ("--LabApp.expose_app_in_browser=True",)
    server = Lab(home, environment(home, **more), options, bare=False, names_us=False)
    try:
        yield server.begin().started()
    finally:
        server.stop()
        server.line.close()


def open_once(browser: Browser, server: Lab, what: Sequence[str]) -> Opening:
    """In a new profile."""
    from support.labserver import TOKEN

    with browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB") as context:
        page = context.new_page()
        page.goto(f"{server.url}/lab?token={TOKEN}", wait_until="commit")
        return Opening(*page.evaluate(WATCH, what))


def measure(folder: Path, runs: int, modules: int) -> tuple[list[Opening], list[Opening]]:
    """Ours and theirs, in turns."""
    from playwright.sync_api import sync_playwright
    from support.browser import opened

    for name in ("data", "ours", "theirs", "nbgrader"):
        (folder / name).mkdir()
    config = nbgraders_course(folder / "nbgrader", modules)
    with (
        course(folder / "data", modules) as known,
        lab(folder / "ours", without="@jupyter/nbgrader", **known) as ours,
        lab(folder / "theirs", without="@coursekit/lab", config=config) as theirs,
        sync_playwright() as playwright,
    ):
        browser = opened(playwright)
        # The first one of each compiles and fills the machine's caches.
        open_once(browser, ours, OURS), open_once(browser, theirs, THEIRS)
        pairs = [(open_once(browser, ours, OURS), open_once(browser, theirs, THEIRS)) for _ in range(runs)]
        browser.close()
    return [mine for mine, _ in pairs], [other for _, other in pairs]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--modules", type=int, default=10)
    options = parser.parse_args()
    size, packed = sizes(installed("@coursekit/lab"))
    their_size, their_packed = sizes(installed("@jupyter/nbgrader"))
    with tempfile.TemporaryDirectory(prefix="coursekit-lab-") as name:
        ours, theirs = measure(Path(name), options.runs, options.modules)

    def median(openings: list[Opening], what: str) -> float:
        return statistics.median(getattr(one, what) for one in openings)

    mine, other = median(ours, "after"), median(theirs, "after")
    if options.json:
        result = {
            "name": "lab",
            "ours": mine,
            "peer": other,
            "ratio": other / mine if mine else None,
            "unit": "s",
        }
        more = {"from_opening": {"ours": median(ours, "usable"), "peer": median(theirs, "usable")}}
        more["bytes"] = {"ours": size, "peer": their_size}
        more["bytes_packed"] = {"ours": packed, "peer": their_packed}
        print(json.dumps({**result, "unit": "s", **more, "runs": options.runs, "modules": options.modules}))
        return
    print(f"{'':<30}{'course panel':>14}{'assignment list':>18}")
    rows = {
        "the lab is there after": [f"{median(of, 'there'):.2f} s" for of in (ours, theirs)],
        "of use after that": [f"{seconds:.2f} s" for seconds in (mine, other)],
        "of use, from the opening": [f"{median(of, 'usable'):.2f} s" for of in (ours, theirs)],
        "scripts of the extension": [f"{count / 1000:.0f} kB" for count in (size, their_size)],
        "the same, packed": [f"{count / 1000:.0f} kB" for count in (packed, their_packed)],
    }
    for title, (left, right) in rows.items():
        print(f"{title:<30}{left:>14}{right:>18}")
    print(
        f"Medians of {options.runs} openings with {options.modules} modules. Scripts: of the whole extension,"
    )
    print("ours with the reading view, handing in, feedback and the review panel.")
    for what, found, aim, unit in (("size", size, AIM_BYTES, "bytes"), ("time", mine, AIM_SECONDS, "s")):
        print(f"{what}: the aim, under {aim:g} {unit}, is {'met' if found < aim else 'missed'}.")


if __name__ == "__main__":
    main()
