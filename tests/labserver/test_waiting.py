"""News of a course reach every open lab at once, and cost the exchange little."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from support.commands import run_at
from support.labserver import TOKEN

from coursekit.wire.course import CourseShape
from coursekit.wiring.clock import utc_now

ENOUGH = "I would look at the second table."


class Tab:
    """A browser tab that waits; `news` is what it heard, and `at` when."""

    def __init__(self, lab: Any, path: str, etag: str, wait: float = 25) -> None:
        self.news: Any = None
        self.status = 0
        self.at = 0.0
        self._begun = threading.Event()

        def run() -> None:
            with httpx.Client(timeout=40, trust_env=False) as line:
                self._begun.set()
                url = f"{lab.url}/coursekit/api/{path}?since={etag}&wait={wait}"
                answer = line.get(url, headers={"Authorization": f"token {TOKEN}"})
                self.at, self.status, self.news = time.monotonic(), answer.status_code, answer.json()

        self.thread = threading.Thread(target=run)
        self.thread.start()
        self._begun.wait(5)
        # The request is on its way; what is tested is who waits, not who comes too late.
        time.sleep(0.3)
        assert self.thread.is_alive(), self.news

    def heard_after(self, moment: float) -> float:
        self.thread.join(35)
        assert self.status == 200, self.news
        return self.at - moment

    @property
    def states(self) -> list[str]:
        return [step["state"] for step in self.news["steps"]]


@pytest.fixture
def wait_for(maria: Any, course: Any) -> Callable[..., Tab]:
    """A tab that waits from now on."""
    return lambda wait=25: Tab(maria, course.path, maria.get(course.path)["etag"], wait)


@pytest.fixture(scope="module")
def quick(servers: Any) -> Any:
    """A server that asks the exchange twice a second."""
    return servers("maria", options=("--LabServer.poll_seconds=0.5",)).begin().started()


def ready(maria: Any, course: Any) -> None:
    maria.put(f"{course.at()}/answers/p1", {"response": {"value": 8}})
    maria.write(course.name, "first", "p2", ENOUGH)


def test_an_unlock_by_a_hand_in_is_seen_in_every_tab_within_two_seconds(
    maria: Any, course: Any, wait_for: Any
) -> None:
    ready(maria, course)
    tabs = [wait_for(), wait_for()]
    begun = time.monotonic()
    maria.post(f"{course.at()}/submissions", {"shown": maria.shown(course.name, "first")})
    for tab in tabs:
        assert tab.heard_after(begun) < 2
        assert tab.states == ["submitted", "open"]


def test_an_unlock_by_a_hand_in_in_a_terminal_is_seen_within_two_seconds(
    maria: Any, course: Any, wait_for: Any
) -> None:
    ready(maria, course)
    tab = wait_for()
    folder = maria.folder(course.name, "first")
    token = maria.environment["COURSEKIT_TOKEN"]
    run_at(maria.home, course.house.url, token, "coursekit", "submit", str(folder))
    assert tab.heard_after(time.monotonic()) < 2
    if tab.states != ["submitted", "open"]:
        # The first news may be of an answer that was sealed with it; what follows comes at once as well.
        begun = time.monotonic()
        tab = Tab(maria, course.path, tab.news["etag"])
        assert tab.heard_after(begun) < 2
    assert tab.states == ["submitted", "open"]


def test_what_a_kernel_commits_is_seen_at_once(maria: Any, course: Any, wait_for: Any) -> None:
    ready(maria, course)
    tab = wait_for()
    folder = maria.folder(course.name, "first")
    token = maria.environment["COURSEKIT_TOKEN"]
    run_at(maria.home, course.house.url, token, "coursekit", "commit", "p1", "--in", str(folder))
    assert tab.heard_after(time.monotonic()) < 2
    assert tab.news["steps"][0]["committed"] == 1


def test_a_module_opens_by_the_clock(maria: Any, course: Any, wait_for: Any) -> None:
    opens = utc_now() + timedelta(seconds=2.5)
    modules = [
        {"id": "first", "title": "First"},
        {"id": "second", "title": "Second", "after": ["first"]},
        {"id": "third", "title": "Third", "after": [], "opens": opens},
    ]
    shape = {"id": course.name, "title": "Lamps", "time_zone": "Europe/Berlin", "modules": modules}
    course.chen.put_course(CourseShape.model_validate(shape))
    course.release("third")
    tab = wait_for()
    moment = time.monotonic() + (opens - utc_now()).total_seconds()
    assert 0 <= tab.heard_after(moment) < 2
    assert tab.states == ["in progress", "locked", "open"]


def test_what_others_do_is_heard_after_a_while(quick: Any, course: Any) -> None:
    """A due date that staff moved, feedback, a new release: nothing on this server tells of them."""
    tab = Tab(quick, course.path, quick.get(course.path)["etag"])
    begun = time.monotonic()
    course.release("first", note="Anew.")
    assert tab.heard_after(begun) < 3
    assert tab.news["steps"][0]["release"] == 2


def test_nothing_new_is_said_after_the_time_that_was_asked_for(
    maria: Any, course: Any, wait_for: Any
) -> None:
    begun = time.monotonic()
    tab = wait_for(wait=1)
    assert 0.9 < tab.heard_after(begun) < 2.5
    assert set(tab.news) == {"unchanged", "etag"}
    # Who knows nothing, or something old, is not kept waiting.
    begun = time.monotonic()
    assert maria.get(f"{course.path}?since=old&wait=20")["etag"] == tab.news["etag"]
    assert maria.get(f"{course.path}?since={tab.news['etag']}&wait=nonsense") == tab.news
    assert maria.get(f"{course.path}?since={tab.news['etag']}&wait=-3") == tab.news
    assert maria.get(f"{course.path}?since={tab.news['etag']}") == tab.news
    assert time.monotonic() - begun < 2


def test_many_tabs_share_one_watcher(maria: Any, course: Any, wait_for: Any) -> None:
    tabs = [wait_for() for _ in range(8)]
    line = course.house.line
    before = line.count("GET", f"/{course.name}/path")
    ready(maria, course)
    maria.post(f"{course.at()}/commitments/p1", {"shown": {"value": 8}})
    for tab in tabs:
        tab.thread.join(20)
        assert tab.news["steps"][0]["committed"] == 1
    # By the commitment itself, and by what it left in the folder.
    assert 1 <= line.count("GET", f"/{course.name}/path") - before <= 4


def test_away_and_back_again(maria: Any, course: Any, wait_for: Any) -> None:
    tab = wait_for(wait=25)
    line = course.house.line
    line.is_cut = True
    ready(maria, course)
    # Whatever makes it look: here, something in the folder has changed.
    (maria.folder(course.name, "first") / ".coursekit" / "commitments").mkdir()
    tab.thread.join(20)
    assert (tab.status, tab.news["code"]) == (503, "exchange-unreachable")
    assert maria.no("GET", course.path) == (503, "exchange-unreachable")
    # Work goes on meanwhile.
    assert maria.put(f"{course.at()}/answers/p1", {"response": {"value": 3}})["heard"] == "3"
    assert maria.get(course.at())["prompts"][1]["response"] == {"text": ENOUGH}
    line.is_cut = False
    begun = time.monotonic()
    assert maria.get(f"{course.path}?since={'0' * 16}&wait=20")["steps"][0]["state"] == "in progress"
    assert time.monotonic() - begun < 2


def test_waiting_is_no_activity(maria: Any, course: Any) -> None:
    """A Hub stops the server of somebody who went home with the lab open."""

    def last() -> str:
        said = maria.line.get(
            f"{maria.url}/api/status?no_track_activity=1", headers={"Authorization": f"token {TOKEN}"}
        )
        return str(said.json()["last_activity"])

    before = last()
    seen = maria.get(course.path)
    maria.get(f"{course.path}?since={seen['etag']}&wait=0.2")
    maria.get("courses")
    assert last() == before
    maria.put(f"{course.at()}/answers/p1", {"response": {"value": 3}})
    assert last() > before


def test_nobody_is_asked_once_everybody_has_gone(quick: Any, course: Any) -> None:
    etag = quick.get(course.path)["etag"]
    url = f"{quick.url}/coursekit/api/{course.path}?since={etag}&wait=25"
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(url, headers={"Authorization": f"token {TOKEN}"}, timeout=1.2, trust_env=False)
    line = course.house.line
    asked = line.count("GET", f"/{course.name}/path")
    assert asked >= 2
    time.sleep(1.5)
    assert line.count("GET", f"/{course.name}/path") - asked <= 1


def test_a_server_that_is_stopped_while_somebody_waits_ends_quietly(quick: Any, course: Any) -> None:
    etag = quick.get(course.path)["etag"]
    ended: list[str] = []

    def wait() -> None:
        try:
            quick.ask("GET", f"{course.path}?since={etag}&wait=25")
        except httpx.HTTPError as error:
            ended.append(type(error).__name__)

    thread = threading.Thread(target=wait)
    thread.start()
    time.sleep(0.5)
    begun = time.monotonic()
    quick.stop()
    thread.join(20)
    assert ended
    assert time.monotonic() - begun < 10
    assert "Traceback" not in quick.log()
    assert "was destroyed" not in quick.log()
