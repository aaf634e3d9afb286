"""A check finds files, event loop and history as they were when its cell had its turn. Threads it cannot find."""

from __future__ import annotations

from typing import Any

from coursekit.model.grading import Ending


def endings(ran: Any, *places: int) -> list[Ending]:
    return [ran.cells[place].ending for place in places]


def same(check: str) -> tuple[str, str]:
    """A check without hidden tests."""
    return check, check


def test_files_lie_as_they_lay_then(run: Any) -> None:
    ran = run(
        "open('kept.txt', 'w').write('1')\nopen('mine.txt', 'w').write('a')\nimport os; os.mkdir('made')",
        same(
            "assert open('kept.txt').read() == '1'\nassert not os.path.exists('later.txt')\nos.remove('mine.txt')"
        ),
        # As long as before, and at once: no time stamp tells them apart.
        "open('kept.txt', 'w').write('2')\nopen('later.txt', 'w').write('x')\nos.rmdir('made')",
        same(
            "assert open('kept.txt').read() == '2'\n"
            "assert os.path.exists('later.txt') and not os.path.exists('made')"
        ),
        same("assert not os.path.exists('mine.txt')\nos.mkdir('made')"),
        files=(("kept.txt", b"0"),),
    )
    assert endings(ran, 1, 3, 4) == [Ending.OK] * 3
    assert ran.alarms == ()


def test_temporary_files_too_and_what_a_cell_holds_open_stays_that_file(run: Any) -> None:
    ran = run(
        "log = open('/tmp/log.txt', 'a+')\nlog.write('one\\n'); log.flush()",
        same("log.write('two\\n'); log.seek(0)\nassert log.read() == 'one\\ntwo\\n'"),
        "log.write('three\\n'); log.flush()",
        same("log.seek(0)\nassert log.read().split() == ['one', 'two', 'three']"),
    )
    assert endings(ran, 1, 3) == [Ending.OK, Ending.OK]


def test_a_check_may_await_and_tasks_of_earlier_cells_go_on_in_it(run: Any) -> None:
    ran = run(
        "import asyncio\nasync def soon():\n    await asyncio.sleep(0.05)\n    return 7\n"
        "task = asyncio.create_task(soon())",
        same("assert asyncio.get_running_loop().is_running()\nassert await task == 7"),
        same("assert await asyncio.wait_for(soon(), 1) == 7\nassert await asyncio.to_thread(abs, -1) == 1"),
        "await task",
    )
    assert endings(ran, 1, 2, 3) == [Ending.OK] * 3


def test_history_is_as_long_as_in_a_kernel_and_does_not_hold_the_check(run: Any) -> None:
    ran = run(
        "squares = [n * n for n in range(3)]", same("assert 'for' in In[-2]\nassert 'squares' not in In[-1]")
    )
    assert endings(ran, 1) == [Ending.OK]


def test_a_semicolon_mutes_a_checks_result(run: Any) -> None:
    ran = run("x = 0.5;", same("x;  # muted"), same("y = 1; x"), same("x"))
    shown = [[o["data"]["text/plain"] for o in ran.cells[place].outputs] for place in (1, 2, 3)]
    assert shown == [[], ["0.5"], ["0.5"]]


def test_nobody_answers_a_question(run: Any) -> None:
    ran = run("input('Name? ')", "from getpass import getpass\ngetpass()")
    assert [c.outputs[-1]["ename"] for c in ran.cells.values()] == ["StdinNotImplementedError"] * 2


def test_a_check_that_fails_where_a_thread_was_at_work_is_no_plain_failure(run: Any) -> None:
    ran = run(
        "import queue, threading\nasked, answered = queue.Queue(), queue.Queue()\n"
        "def work():\n    while True:\n        answered.put(asked.get() + 1)\n"
        "threading.Thread(target=work, daemon=True).start()",
        same("asked.put(1)\nassert answered.get(timeout=0.2) == 2"),
        same("assert callable(work)"),
    )
    assert endings(ran, 1, 2) == [Ending.APART, Ending.OK]


def test_threads_that_have_ended_or_do_nobodys_work_are_none(run: Any) -> None:
    ran = run(
        "import threading\nt = threading.Thread(target=print)\nt.start(); t.join()",
        "%%bash\necho from bash",
        same("assert 1 == 2"),
        same("%%bash\necho again"),
    )
    assert endings(ran, 2, 3) == [Ending.ERROR, Ending.OK]
