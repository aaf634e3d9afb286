"""Notebooks that use what only a notebook has: magics, its history, its event loop, its displays."""

from __future__ import annotations

from support.zoo.making import UNTOUCHED, Handed, Specimen, answer, check, free, given, handed

MAGICS = Specimen(
    "magics",
    (
        free(
            "load",
            """
            %load_ext autoreload
            %autoreload 2
            %matplotlib inline
            %config InlineBackend.figure_format = 'png'
            """,
        ),
        answer(
            "sorted",
            """
            %%time
            ### BEGIN SOLUTION
            in_order = sorted(['pear', 'fig', 'apple'], key=len)
            ### END SOLUTION
            """,
        ),
        check("sorted-check", 1, "assert in_order == ['fig', 'pear', 'apple']"),
        free("timing", "%timeit -n1 -r1 sorted(in_order)\n%time list(reversed(in_order))"),
        answer("shell", "### BEGIN SOLUTION\nwords = !echo one two\nfolder = %pwd\n### END SOLUTION"),
        check("shell-check", 1, "assert list(words) == ['one two'], words\nassert folder"),
        free("bash", "%%bash\necho from bash > said.txt\ncat said.txt"),
        check("bash-check", 1, "assert open('said.txt').read() == 'from bash\\n'\n!echo done"),
        answer(
            "file",
            """
            %%writefile greet.py
            ### BEGIN SOLUTION
            def greet(name):
                return f'Hello, {name}!'
            ### END SOLUTION
            """,
        ),
        check("file-check", 2, "import greet\nassert greet.greet('Bo') == 'Hello, Bo!'"),
        free("captured", "%%capture held\nprint('kept back')"),
        check("captured-check", 1, "assert held.stdout == 'kept back\\n'"),
        free("run", "%run helper.py 4"),
        check("run-check", 1, "assert doubled == 8"),
        check(
            "timed",
            1,
            """
            %%time
            assert in_order[0] == 'fig'
            ### BEGIN HIDDEN TESTS
            assert len(in_order) == 3
            ### END HIDDEN TESTS
            """,
        ),
        check("silent", 1, "%%capture\nprint('nobody sees it')\nassert in_order[-1] == 'apple'"),
        free("page", "%%html\n<b>bold</b>"),
    ),
    {
        "partly": handed(
            file="%%writefile greet.py\ndef greet(name):\n    return 'Hello, ' + name",
            shell="words = ['one two']\nfolder = None",
        ),
        "wrong": handed(
            sorted="%%timeit -n1 -r1\nin_order = sorted(['pear', 'fig', 'apple'])",
            shell="!echo one two\nwords = _",
        ),
        "empty": UNTOUCHED,
        "crashing": handed(
            sorted="%%tiem\nin_order = []", shell="%nosuchmagic\nwords = 1", file="%%writefile\ndef greet():"
        ),
    },
    {
        "helper.py": "import sys\n\n"
        "if __name__ == '__main__':\n    doubled = 2 * int(sys.argv[1])\n    print(doubled)\n"
    },
)

HISTORY = Specimen(
    "history",
    (
        answer("value", "### BEGIN SOLUTION\n6 * 7\n### END SOLUTION"),
        check("last", 1, "assert _ == 42, 'the cell above should end with the value itself'"),
        answer("comprehension", "### BEGIN SOLUTION\nsquares = [n * n for n in range(5)]\n### END SOLUTION"),
        check(
            "how",
            2,
            """
            assert squares == [0, 1, 4, 9, 16]
            ### BEGIN HIDDEN TESTS
            written = In[-2]
            assert "append" not in written and "for" in written, "a comprehension, please"
            ### END HIDDEN TESTS
            """,
        ),
        check("shell", 1, "shell = get_ipython()\nassert shell.user_ns['squares'] is squares"),
        free(
            "shown",
            "from IPython.display import Markdown, display\ndisplay(Markdown('**bold**'), {'a': 1})\nsquares",
        ),
        check("out", 1, "assert Out[max(Out)] == squares\nassert _ == squares"),
        check(
            "question",
            4,
            """
            import io, contextlib
            result = get_ipython().run_cell('squares[1] + 1')
            assert result.success and result.result == 2
            """,
        ),
    ),
    {
        "partly": handed(
            comprehension="squares = []\nfor n in range(5):\n    squares.append(n * n)",
            value="print(42)\n42.0",
        ),
        "wrong": handed(value="answer = 42", comprehension="squares = range(5)"),
        "empty": UNTOUCHED,
        "crashing": handed(value="6 * seven", comprehension="squares = [n * n for n in range('5')]"),
    },
)

ASYNC = Specimen(
    "waiting",
    (
        given("setup", "import asyncio"),
        answer(
            "fetch",
            """
            async def fetch(name, seconds=0.01):
                ### BEGIN SOLUTION
                await asyncio.sleep(seconds)
                return name.upper()
                ### END SOLUTION
            """,
        ),
        free("try-it", "await fetch('a')"),
        check("one", 1, "assert await fetch('b') == 'B'"),
        answer(
            "all",
            """
            async def fetch_all(names):
                ### BEGIN SOLUTION
                return await asyncio.gather(*(fetch(n) for n in names))
                ### END SOLUTION
            """,
        ),
        check(
            "all-check",
            2,
            "got = await asyncio.wait_for(fetch_all(['a', 'b']), 2)\nassert list(got) == ['A', 'B']",
        ),
        answer("run", "### BEGIN SOLUTION\nname = await fetch('c')\n### END SOLUTION"),
        check("run-check", 1, "assert name == 'C'"),
        check("task", 1, "task = asyncio.create_task(fetch('d'))\nassert await task == 'D' and task.done()"),
        check("loop", 1, "loop = asyncio.get_running_loop()\nassert loop.is_running()"),
        check(
            "later",
            1,
            """
            marks = []
            asyncio.get_running_loop().call_later(0.01, marks.append, 1)
            await asyncio.sleep(0.05)
            assert marks == [1]
            """,
        ),
    ),
    {
        # A notebook has a running loop already, which this does not know.
        "partly": handed(run="name = asyncio.run(fetch('c'))"),
        "wrong": handed(
            fetch="def fetch(name, seconds=0.01):\n    return name.upper()", run="name = fetch('c')"
        ),
        "empty": UNTOUCHED,
        "crashing": handed(
            fetch="async def fetch(name, seconds=0.01):\n    raise asyncio.CancelledError",
            run="await 3\nname = 'C'",
        ),
    },
)

PROCESSES = Specimen(
    "together",
    (
        given(
            "setup",
            """
            import subprocess, sys, threading
            from concurrent.futures import ThreadPoolExecutor
            from multiprocessing import get_context
            """,
        ),
        answer(
            "threads",
            """
            def count_in_threads(number, each):
                ### BEGIN SOLUTION
                lock, total = threading.Lock(), [0]

                def add():
                    for _ in range(each):
                        with lock:
                            total[0] += 1

                workers = [threading.Thread(target=add) for _ in range(number)]
                for worker in workers:
                    worker.start()
                for worker in workers:
                    worker.join()
                return total[0]
                ### END SOLUTION
            """,
        ),
        free("try-it", "count_in_threads(2, 5)"),
        check("threads-check", 2, "assert count_in_threads(3, 40) == 120"),
        answer(
            "processes",
            """
            def square(n):
                return n * n

            def squares_in_processes(numbers):
                ### BEGIN SOLUTION
                with get_context("fork").Pool(2) as pool:
                    return pool.map(square, numbers)
                ### END SOLUTION
            squares_in_processes([1, 2])
            """,
        ),
        check("processes-check", 2, "assert squares_in_processes([1, 2, 3]) == [1, 4, 9]"),
        answer(
            "child",
            """
            def ask_child(expression):
                ### BEGIN SOLUTION
                child = [sys.executable, "-c", f"print({expression})"]
                return subprocess.run(child, capture_output=True, text=True).stdout.strip()
                ### END SOLUTION
            """,
        ),
        check("child-check", 1, "assert ask_child('2 ** 8') == '256'"),
        check("shell-check", 1, "assert subprocess.check_output('echo $((3 + 4))', shell=True) == b'7\\n'"),
    ),
    {
        "partly": handed(
            threads="def count_in_threads(number, each):\n    return number * each",
            processes="""
            square = lambda n: n * n
            def squares_in_processes(numbers):
                return list(map(square, numbers))
            """,
        ),
        "wrong": handed(
            threads="""
            def count_in_threads(number, each):
                t = threading.Thread(target=print)
                t.start()
                t.join()
            """,
            child="def ask_child(expression):\n    return subprocess.run(['echo', expression])",
        ),
        "empty": UNTOUCHED,
        "crashing": handed(
            threads="""
            def count_in_threads(number, each):
                t = threading.Thread(target=lambda: 1 / 0)
                t.start()
                t.join()
                return number * each
            """,
            child="def ask_child(expression):\n    subprocess.run(['false'], check=True)",
        ),
    },
)

WIDGETS = Specimen(
    "sliders",
    (
        given("setup", "import ipywidgets as widgets\nfrom IPython.display import clear_output, display"),
        answer(
            "slider",
            """
            ### BEGIN SOLUTION
            slider = widgets.IntSlider(value=3, min=0, max=10)
            slider
            ### END SOLUTION
            """,
        ),
        check("slider-check", 1, "assert (slider.min, slider.value, slider.max) == (0, 3, 10)"),
        answer(
            "linked",
            """
            label = widgets.Label()
            ### BEGIN SOLUTION
            def tell(change):
                label.value = f"{change['new']} lamps"
            slider.observe(tell, names="value")
            ### END SOLUTION
            """,
        ),
        check(
            "linked-check",
            2,
            """
            slider.value = 8
            assert label.value == '8 lamps'
            ### BEGIN HIDDEN TESTS
            slider.value = 99
            assert label.value == '10 lamps'
            ### END HIDDEN TESTS
            """,
        ),
        answer(
            "interact",
            """
            @widgets.interact(n=(0, 5))
            def show(n=2):
                ### BEGIN SOLUTION
                print('n is', n)
                return n * n
                ### END SOLUTION
            """,
        ),
        check("interact-check", 1, "assert show(3) == 9"),
        check(
            "output-check",
            1,
            """
            place = widgets.Output()
            with place:
                print('inside')
            clear_output()
            assert place is not None
            """,
        ),
    ),
    {
        "partly": handed(
            linked="label = widgets.Label()\nwidgets.link((slider, 'value'), (label, 'value'))",
            interact="@widgets.interact(n=(0, 5))\ndef show(n=2):\n    display(n * n)",
        ),
        "wrong": handed(slider="slider = widgets.IntSlider(5)", linked="label = slider"),
        "empty": UNTOUCHED,
        "crashing": handed(
            slider="slider = widgets.IntSlider(value=3, min=10, max=0)",
            interact="@widgets.interact(n=[])\ndef show(n):\n    return n",
        ),
    },
)

OUTPUTS = Specimen(
    "long",
    (
        given("setup", "import sys"),
        answer(
            "table",
            r"""
            def table(n):
                ### BEGIN SOLUTION
                return '\n'.join(f'{k:>6} {k * k:>9}' for k in range(n))
                ### END SOLUTION
            print(table(1500))
            """,
        ),
        check("long-text", 2, "print(table(1200))\nassert table(2).count('\\n') == 1"),
        check("number-behind", 2, "for n in range(1100):\n    print(n)\nlen(table(3).splitlines()) / 2"),
        check("wide", 1, "print('x' * 60_000)\nassert table(1)"),
        check(
            "failed-behind",
            1,
            "for n in range(1001):\n    print(n, flush=n % 100 == 0)\nassert table(0) == ''",
        ),
        check(
            "many-displays",
            1,
            "from IPython.display import display\nfor n in range(30):\n    display(n)\nassert table(5)",
        ),
    ),
    {
        "partly": handed(
            table="def table(n):\n    for k in range(n):\n        print(k, k * k)\n    return '\\n' * (n - 1)"
        ),
        "wrong": handed(table="def table(n):\n    return n"),
        "empty": UNTOUCHED,
        "crashing": handed(table="def table(n):\n    print('.' * 5000)\n    raise ValueError('y' * 20000)"),
    },
)

# Alone: after a cell has asked, what it got is about the notebook, not about its neighbours.
INPUT = Specimen(
    "asking",
    (
        answer("name", "### BEGIN SOLUTION\nname = 'Ada'\n### END SOLUTION"),
        check("name-check", 1, "assert name"),
        check(
            "ask-check",
            1,
            """
            try:
                input('Anybody? ')
            except Exception as error:
                print(type(error).__name__)
                assert 'Stdin' in type(error).__name__
            else:
                raise AssertionError('who answered?')
            """,
        ),
    ),
    {
        "wrong": handed(name="name = input('Your name: ')"),
        "crashing": handed(name="from getpass import getpass\nname = getpass()"),
        "empty": UNTOUCHED,
    },
)

LIVING = Specimen(
    "living",
    (
        given("setup", "import queue, threading, time"),
        answer(
            "worker",
            """
            tasks, results = queue.Queue(), queue.Queue()

            def work():
                ### BEGIN SOLUTION
                while (job := tasks.get()) is not None:
                    results.put(job * 2)
                ### END SOLUTION

            worker = threading.Thread(target=work, daemon=True)
            worker.start()
            """,
        ),
        # The thread of the cell above must still be at work here.
        check("worker-check", 2, "tasks.put(21)\nassert results.get(timeout=3) == 42"),
        check("after", 1, "assert callable(work)"),
        given("pool", "from concurrent.futures import ThreadPoolExecutor\npool = ThreadPoolExecutor(1)"),
        # One that has begun to work: its thread waits for more.
        given("used", "pool.submit(abs, -1).result()"),
        check("pool-check", 1, "assert pool.submit(pow, 2, 5).result(timeout=3) == 32"),
    ),
    {
        "wrong": handed(worker="import queue\ntasks, results = queue.Queue(), queue.Queue()\nwork = print"),
        "empty": UNTOUCHED,
    },
)

CARRIED = Specimen(
    "carried",
    (
        answer(
            "seed",
            """
            import random
            ### BEGIN SOLUTION
            random.seed(5)
            throws = [random.randint(1, 6) for _ in range(4)]
            ### END SOLUTION
            """,
        ),
        check(
            "throws",
            1,
            """
            import random as again
            state = again.getstate()
            again.seed(5)
            assert throws == [again.randint(1, 6) for _ in range(4)]
            again.setstate(state)
            """,
        ),
        answer(
            "more", "### BEGIN SOLUTION\nthrows += [random.randint(1, 6) for _ in range(4)]\n### END SOLUTION"
        ),
        check(
            "more-check",
            2,
            """
            random.seed(5)
            assert throws == [random.randint(1, 6) for _ in range(8)]
            ### BEGIN HIDDEN TESTS
            assert random.random() != random.random()
            ### END HIDDEN TESTS
            """,
        ),
        check(
            "path",
            1,
            """
            import sys, os
            assert os.path.isfile('carried.txt')
            assert '' in sys.path or os.getcwd() in sys.path
            """,
        ),
        check(
            "folder",
            1,
            """
            assert os.path.basename(os.getcwd())
            os.makedirs('made', exist_ok=True)
            assert os.listdir('made') == []
            """,
        ),
    ),
    {
        "partly": Handed({"more": "random.seed(6)\nthrows += [random.randint(1, 6) for _ in range(4)]"}),
        "wrong": handed(seed="import random\nthrows = [1, 2, 3, 9]"),
        "empty": UNTOUCHED,
        "crashing": handed(seed="random.seed(5)", more="throws += random.choice([])"),
    },
    {"carried.txt": "along\n"},
)

ALL = (MAGICS, HISTORY, ASYNC, PROCESSES, WIDGETS, OUTPUTS, CARRIED)
