"""One notebook through a warm worker: what cells show, what checks see, and how it ends."""

from __future__ import annotations

import time

import pytest

from coursekit.engine.pool import State
from coursekit.model.grading import Ending, Job, Step


def shown(run, kind="stream"):
    return [o for o in run.outputs if o["output_type"] == kind]


def text(run):
    return "".join(o["text"] for o in shown(run))


def codes(remarks):
    return [remark.code for remark in remarks]


def test_cells_share_their_names_and_show_as_in_a_notebook(run):
    ran = run(
        "x = 20\nprint('twenty')", "import sys; print('!', file=sys.stderr)\nx + 1", "1 / 0", "print(x)"
    )
    assert text(ran.cells[0]) == "twenty\n"
    assert ran.cells[1].outputs == (
        {"output_type": "stream", "name": "stderr", "text": "!\n"},
        {"output_type": "execute_result", "data": {"text/plain": "21"}, "metadata": {}, "execution_count": 2},
    )
    assert shown(ran.cells[2], "error")[0]["ename"] == "ZeroDivisionError"
    assert [c.ending for c in ran.cells.values()] == [Ending.OK, Ending.OK, Ending.ERROR, Ending.OK]
    assert [c.count for c in ran.cells.values()] == [1, 2, 3, 4]
    assert (ran.alarms, ran.trouble) == ((), ())


def test_each_notebook_begins_anew(run):
    run("x = 1\nopen('left', 'w').write('x')\nopen('/tmp/left', 'w').write('x')")
    ran = run("print('x' in globals())\nimport os; print(os.listdir('.'), os.path.exists('/tmp/left'))")
    assert text(ran.cells[0]) == "False\n[] False\n"


def test_what_programs_print_is_caught_and_a_figure_is_a_picture(run):
    ran = run("import os; os.system('echo from below')", "!echo from a shell", "%%bash\necho from bash")
    assert "from below" in text(ran.cells[0])
    assert "from a shell" in text(ran.cells[1])
    assert "from bash" in text(ran.cells[2])
    ran = run("import matplotlib.pyplot as plt\nplt.plot([1, 2]);")
    assert "image/png" in shown(ran.cells[0], "display_data")[0]["data"]


def test_cells_may_await_and_asyncio_run_fails_as_in_a_notebook(run):
    ran = run("import asyncio\nawait asyncio.sleep(0.01)\nprint('awaited')", "asyncio.run(asyncio.sleep(0))")
    assert text(ran.cells[0]) == "awaited\n"
    assert shown(ran.cells[1], "error")[0]["ename"] == "RuntimeError"


def test_tasks_of_the_loop_go_on_between_cells(run):
    begin = "import asyncio\nasync def later():\n    global done\n    await asyncio.sleep(0.01)\n    done = True\n"
    ran = run(
        begin + "done = False\ntask = asyncio.ensure_future(later())",
        "await asyncio.sleep(0.05)\nprint(done)",
    )
    assert text(ran.cells[1]) == "True\n"


def test_a_check_sees_the_moment_at_which_its_cell_stood(run):
    check = "assert x == 1"
    ran = run("x = 1", (check, check + "\nassert x + 1 == 2"), "x = 2", (check, check))
    assert [ran.cells[n].ending for n in (1, 3)] == [Ending.OK, Ending.ERROR]
    assert ran.alarms == ()


def test_hidden_tests_are_never_in_the_learners_process(run):
    visible, hidden = "assert x == 1", "assert x == 1\nassert x != 4711, 'ZEBRA-4711'"
    look = (
        "import gc, sys\n"
        "found = [o for o in gc.get_objects() if isinstance(o, list | dict) and 'ZEBRA' + '-4711' in str(o)]\n"
        "print(len(found), 'ZEBRA' + '-4711' in str(In), 'ZEBRA' + '-4711' in str(sys.modules['linecache'].cache))"
    )
    ran = run("x = 1", (visible, hidden), look, "x = 4711", (visible, hidden))
    assert text(ran.cells[2]) == "0 False False\n"
    assert [ran.cells[n].ending for n in (1, 4)] == [Ending.OK, Ending.ERROR]


def test_what_the_visible_part_of_a_check_does_is_there_for_later_cells(run):
    ran = run("x = 1", ("helper = x + 1", "helper = x + 1\nassert helper == 2"), "print(helper)")
    assert text(ran.cells[2]) == "2\n"


def test_where_the_visible_part_fails_the_whole_is_not_tried(worker):
    whole = "assert x == 2, 'visible'\nassert x == 3, 'hidden'"
    steps = (Step(0, "x = 1"), Step(1, "assert x == 2, 'visible'", whole, stands_alone=True))
    ran = worker.run(Job("ada/first", steps))
    assert ran.cells[1].ending is Ending.ERROR
    assert [o["evalue"] for o in shown(ran.cells[1], "error")] == ["visible"]
    assert ran.cells[1].count == 2


def test_a_prelude_runs_before_its_check(worker):
    steps = (Step(0, "x = 1"), Step(1, "assert x", "assert near(x, 1)", "def near(a, b): return a == b"))
    ran = worker.run(Job("ada/first", steps))
    assert ran.cells[1].ending is Ending.OK


def test_files_of_the_learner_lie_beside_the_notebook(run):
    ran = run("print(open('data/a.txt').read())", files=(("data/a.txt", b"mine"),))
    assert text(ran.cells[0]) == "mine\n"


def test_a_slow_cell_is_interrupted_and_the_next_one_runs(run):
    ran = run("while True: pass", "print('next')")
    assert ran.cells[0].ending is Ending.TIMEOUT
    assert [o["ename"] for o in shown(ran.cells[0], "error")] == ["KeyboardInterrupt", "CellTimeoutError"]
    assert text(ran.cells[1]) == "next\n"
    assert codes(ran.trouble) == ["too-slow"]


def test_a_cell_that_is_deaf_to_the_interrupt_is_ended(run, worker):
    deaf = "import time\nwhile True:\n    try:\n        time.sleep(0.01)\n    except BaseException: pass"
    begun = time.monotonic()
    ran = run(
        "x = 1",
        ("assert x == 1", "assert x == 1"),
        deaf,
        "print('never')",
        ("assert x == 1", "assert x == 1"),
    )
    assert time.monotonic() - begun < 10
    assert [ran.cells[n].ending for n in range(5)] == [
        *(Ending.OK, Ending.OK, Ending.DIED),
        *(Ending.NOT_RUN, Ending.NOT_RUN),
    ]
    assert worker.state is State.WARM


@pytest.mark.parametrize(
    "deed",
    [
        "import os; os._exit(0)",
        "import os; os.abort()",
        "import ctypes; ctypes.string_at(0)",
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "import os\nfor fd in range(3, 256):\n    try: os.close(fd)\n    except OSError: pass",
        "import os\nfor fd in range(3, 64):\n    try: os.write(fd, b'{}' * 999)\n    except OSError: pass",
    ],
)
def test_a_process_that_ends_itself_costs_only_what_comes_after(run, worker, deed):
    check = ("assert x == 1", "assert x == 1")
    ran = run("x = 1", check, deed, check)
    assert ran.cells[1].ending is Ending.OK
    assert ran.cells[2].ending is Ending.DIED
    assert ran.cells[3].ending is Ending.NOT_RUN
    assert "kernel-died" in codes(ran.trouble)
    assert run("print('well')").cells[0].ending is Ending.OK
    assert worker.state is State.WARM


def test_too_much_memory_fails_in_its_cell(run):
    ran = run("x = bytearray(3 << 30)", "print('alive')")
    assert shown(ran.cells[0], "error")[0]["ename"] == "MemoryError"
    assert text(ran.cells[1]) == "alive\n"


def test_many_processes_that_take_memory_together_are_ended(run):
    hungry = (
        "import os, time\n"
        "for _ in range(8):\n"
        "    if not os.fork():\n"
        "        x = bytearray(300 << 20)\n"
        "        x[::4096] = b'x' * len(x[::4096])\n"
        "        time.sleep(30)\n"
        "time.sleep(1.5)"
    )
    ran = run(hungry)
    assert "too-much-memory" in codes(ran.trouble)
    assert ran.cells[0].ending is Ending.DIED


def test_outputs_are_cut_and_it_is_said(run):
    ran = run("print('x' * 30_000_000)", "for n in range(5000): print(n)", "print('small')")
    assert len(text(ran.cells[0])) < 250_000
    assert text(ran.cells[0]).endswith("... Output truncated ...")
    assert text(ran.cells[1]).count("\n") < 1000
    assert text(ran.cells[2]) == "small\n"
    assert "output-cut" in codes(ran.trouble)


def test_nothing_of_a_notebook_is_left_running(run):
    leave = (
        "import subprocess, sys\n"
        "for _ in range(3):\n"
        "    subprocess.Popen([sys.executable, '-S', '-c', 'import os, time; os.setsid(); time.sleep(60)'])\n"
        "print('left')"
    )
    assert text(run(leave).cells[0]) == "left\n"
    assert text(run("import os; print(sum(p.isdigit() for p in os.listdir('/proc')))").cells[0]) == "2\n"


def test_luck_is_new_for_each_notebook(run):
    cell = "import random; print(random.random())"
    assert text(run(cell).cells[0]) != text(run(cell).cells[0])
