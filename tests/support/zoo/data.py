"""Notebooks about data: tables, numbers, plots, files, databases."""

from __future__ import annotations

from support.zoo.making import UNTOUCHED, Handed, Specimen, answer, check, free, given, handed, text, written

_HARVEST = """\
orchard,fruit,kilos,picked
north,apple,120,2026-09-01
north,pear,35,2026-09-03
south,apple,80,2026-09-02
south,plum,,2026-09-05
east,pear,61,2026-09-04
east,apple,44,2026-09-09
"""

PANDAS = Specimen(
    "harvest",
    (
        text("## The harvest\nLoad the table, fill the gap with 0, and say which orchard brought most."),
        given("setup", "import numpy as np\nimport pandas as pd\nharvest = pd.read_csv('data/harvest.csv')"),
        answer(
            "totals",
            """
            # one number for each orchard
            ### BEGIN SOLUTION
            filled = harvest.assign(kilos=harvest["kilos"].fillna(0))
            totals = filled.groupby("orchard")["kilos"].sum().sort_values(ascending=False)
            best = totals.index[0]
            ### END SOLUTION
            """,
        ),
        free("look", "totals.head()"),
        check(
            "totals-check",
            3,
            """
            assert isinstance(totals, pd.Series), "totals should be a Series, as groupby gives it"
            assert totals.sum() == 340
            ### BEGIN HIDDEN TESTS
            pd.testing.assert_series_equal(
                totals, pd.Series({"north": 155.0, "east": 105.0, "south": 80.0}), check_names=False
            )
            ### END HIDDEN TESTS
            """,
        ),
        check("best-check", 1, "assert best == 'north', f'{best} did not bring most'"),
        answer(
            "wide",
            """
            ### BEGIN SOLUTION
            wide = harvest.pivot_table(index="orchard", columns="fruit", values="kilos", aggfunc="sum")
            ### END SOLUTION
            """,
        ),
        check(
            "wide-check",
            2,
            """
            assert list(wide.columns) == ["apple", "pear", "plum"]
            ### BEGIN HIDDEN TESTS
            expected = pd.DataFrame(
                {"apple": [44.0, 120, 80], "pear": [61.0, 35, np.nan], "plum": [np.nan, np.nan, 0]},
                index=["east", "north", "south"],
            )
            pd.testing.assert_frame_equal(wide, expected, check_names=False)
            ### END HIDDEN TESTS
            """,
        ),
        written("why", 2, "What would dropping the gap have changed?"),
    ),
    {
        "partly": handed(
            totals="totals = harvest.groupby('orchard')['kilos'].sum()\nbest = totals.idxmax()",
            why="Nothing in the sums, but every mean.",
        ),
        "wrong": handed(
            totals="totals = dict(harvest.groupby('orchard')['kilos'].count())\nbest = 'south'",
            wide="wide = harvest.set_index('orchard')",
        ),
        "empty": UNTOUCHED,
        "crashing": Handed(
            {"totals": "totals = harvest['weight'].sum()\nbest = totals.index[0]"},
            # Whoever changes the author's data is graded on the author's.
            files={"data/harvest.csv": "orchard,fruit,kilos,picked\nnorth,apple,1,2026-09-01\n"},
        ),
    },
    {"data/harvest.csv": _HARVEST},
)

NUMPY = Specimen(
    "grid",
    (
        text("## Heat on a grid\nOne step of smoothing; the border stays."),
        given("setup", "import numpy as np\nrng = np.random.default_rng(11)"),
        answer(
            "smooth",
            """
            def smooth(grid):
                ### BEGIN SOLUTION
                new = grid.astype(float).copy()
                new[1:-1, 1:-1] = (grid[:-2, 1:-1] + grid[2:, 1:-1] + grid[1:-1, :-2] + grid[1:-1, 2:]) / 4
                return new
                ### END SOLUTION
            """,
        ),
        answer(
            "start",
            solution := "### BEGIN SOLUTION\nstart = rng.integers(0, 10, size=(4, 5))\n### END SOLUTION",
        ),
        check(
            "smooth-check",
            2,
            """
            small = np.array([[0, 0, 0], [4, 0, 8], [0, 0, 0]])
            np.testing.assert_allclose(smooth(small)[1, 1], 3)
            np.testing.assert_array_equal(smooth(small)[0], small[0])
            ### BEGIN HIDDEN TESTS
            before = small.copy()
            smooth(small)
            np.testing.assert_array_equal(small, before, err_msg="the argument was changed")
            ### END HIDDEN TESTS
            """,
        ),
        check(
            "start-check",
            1,
            """
            assert start.shape == (4, 5)
            ### BEGIN HIDDEN TESTS
            np.testing.assert_array_equal(start, np.random.default_rng(11).integers(0, 10, size=(4, 5)))
            ### END HIDDEN TESTS
            """,
        ),
        check(
            "share",
            4,
            """
            # a point for each size that comes out right
            right = 0
            for size in (3, 4, 5, 6):
                try:
                    out = smooth(np.eye(size))
                    right += bool(np.isclose(out[1, 1], (0 + 0 + 0 + 0) / 4) and out.shape == (size, size))
                except Exception as error:
                    print(f"size {size}: {error!r}")
            right
            """,
        ),
    ),
    {
        "partly": handed(
            smooth="""
            def smooth(grid):
                out = grid
                out[1:-1, 1:-1] = (grid[:-2, 1:-1] + grid[2:, 1:-1] + grid[1:-1, :-2] + grid[1:-1, 2:]) / 4
                return out
            """,
            start="start = np.random.default_rng(12).integers(0, 10, size=(4, 5))",
        ),
        "wrong": handed(smooth="def smooth(grid):\n    return grid", start="start = np.zeros(20)"),
        "empty": UNTOUCHED,
        "crashing": handed(
            smooth="""
            def smooth(grid):
                if len(grid) > 4:
                    raise MemoryError("too large for me")
                return np.where(np.eye(len(grid)) > 0, 0, grid)
            """,
            start="start = rng.integers(0, 10, size=(4, 5)",
        ),
    },
)

PLOTS = Specimen(
    "sunshine",
    (
        free("inline", "%matplotlib inline\nimport matplotlib.pyplot as plt\nhours = [1, 2, 4, 6, 8, 9]"),
        answer(
            "plot",
            """
            fig, ax = plt.subplots()
            ### BEGIN SOLUTION
            ax.plot(range(1, 7), hours, marker="o", label="sun")
            ax.set_xlabel("month")
            ax.set_ylabel("hours of sun")
            ax.set_title("It gets lighter")
            ax.legend()
            ### END SOLUTION
            plt.show()
            """,
        ),
        check(
            "plot-check",
            2,
            """
            assert len(ax.lines) == 1, "one line"
            assert list(ax.lines[0].get_ydata()) == hours
            ### BEGIN HIDDEN TESTS
            assert ax.get_xlabel() and ax.get_ylabel(), "name both axes"
            assert [t.get_text() for t in ax.get_legend().get_texts()] == ["sun"]
            ### END HIDDEN TESTS
            """,
        ),
        # The inline backend closes what a cell has drawn: there is no current figure in the next one.
        check("closed-check", 1, "assert plt.get_fignums() == []\nassert plt.gca().lines[:] == []"),
        answer(
            "bars",
            """
            def bars(values):
                ### BEGIN SOLUTION
                figure, axes = plt.subplots(figsize=(3, 2))
                axes.bar(range(len(values)), values)
                return figure
                ### END SOLUTION
            """,
        ),
        check(
            "bars-check",
            1,
            """
            drawn = bars([1, 5, 2])
            assert [p.get_height() for p in drawn.axes[0].patches] == [1, 5, 2]
            plt.close(drawn)
            """,
        ),
        # A figure as the last value is shown as a picture, and is no number.
        check("shown", 1, "bars([3, 1])"),
    ),
    {
        "partly": handed(plot="fig, ax = plt.subplots()\nax.plot(range(1, 7), hours)\nplt.show()"),
        "wrong": handed(
            plot="fig, ax = plt.subplots()\nax.scatter(range(6), hours);",
            bars="def bars(values):\n    plt.plot(values)\n    return plt.gcf()",
        ),
        "empty": UNTOUCHED,
        "crashing": handed(
            plot="fig, ax = plt.subplots()\nax.plot(range(3), hours)\nplt.show()",
            bars="def bars(values):\n    raise ValueError('no values')",
        ),
    },
)

FILES = Specimen(
    "ledger",
    (
        given("setup", "import csv, json, os, tempfile\nfrom pathlib import Path"),
        answer(
            "to-json",
            """
            def to_json(source, target):
                "Rows of a CSV file as a JSON list; amounts as numbers."
                ### BEGIN SOLUTION
                with open(source, newline="", encoding="utf-8") as file:
                    rows = [{**row, "amount": float(row["amount"])} for row in csv.DictReader(file)]
                Path(target).write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
                ### END SOLUTION
            to_json("ledger.csv", "ledger.json")
            """,
        ),
        check(
            "file-check",
            2,
            """
            assert Path("ledger.json").exists(), "ledger.json should lie beside the notebook"
            rows = json.loads(Path("ledger.json").read_text(encoding="utf-8"))
            assert rows[0] == {"who": "Zoë", "amount": 12.5}
            ### BEGIN HIDDEN TESTS
            assert sum(r["amount"] for r in rows) == 10.25
            ### END HIDDEN TESTS
            """,
        ),
        check(
            "scratch-check",
            2,
            """
            ### BEGIN HIDDEN TESTS
            folder = Path(tempfile.mkdtemp())
            (folder / "in.csv").write_text("who,amount\\nBo,1\\nCy,2\\n")
            to_json(folder / "in.csv", folder / "out.json")
            assert json.loads((folder / "out.json").read_text()) == [
                {"who": "Bo", "amount": 1.0}, {"who": "Cy", "amount": 2.0}
            ]
            Path("/tmp/zoo-ledger.csv").write_text("who,amount\\n")
            to_json("/tmp/zoo-ledger.csv", "/tmp/zoo-ledger.json")
            assert Path("/tmp/zoo-ledger.json").read_text() == "[]"
            ### END HIDDEN TESTS
            """,
        ),
        answer(
            "log",
            """
            ### BEGIN SOLUTION
            with open("notes/today.txt", "w") as file:
                file.write("counted\\n")
            ### END SOLUTION
            """,
        ),
        check(
            "log-check",
            1,
            "with open('notes/today.txt') as file:\n    assert file.read().strip() == 'counted'",
        ),
        check(
            "append-check",
            1,
            "open('notes/today.txt', 'a').write('twice')\nassert 'twice' in open('notes/today.txt').read()",
        ),
    ),
    {
        "partly": handed(
            to_json="""
            def to_json(source, target):
                rows = list(csv.DictReader(open(source)))
                for row in rows:
                    row["amount"] = round(float(row["amount"]), 1)
                json.dump(rows, open(target, "w"))
            to_json("ledger.csv", "ledger.json")
            """
        ),
        "wrong": handed(
            to_json="""
            def to_json(source, target):
                json.dump(open(source).readlines(), open(target, "w"))
            to_json("ledger.csv", "other.json")
            """,
            log="os.makedirs('note', exist_ok=True)\nopen('note/today.txt', 'w').write('counted')",
        ),
        "empty": UNTOUCHED,
        "crashing": handed(
            to_json="""
            def to_json(source, target):
                return open(source + '.gz')
            to_json('ledger.csv', 'ledger.json')
            """,
            log="os.remove('ledger.csv')\nopen('/notes/today.txt', 'w')",
        ),
    },
    {"ledger.csv": "who,amount\nZoë,12.5\nAmir,-2.25\n", "notes/readme.txt": "Notes lie here.\n"},
)

SQL = Specimen(
    "library",
    (
        given(
            "setup",
            """
            import sqlite3
            import pandas as pd

            shelf = sqlite3.connect(":memory:")
            shelf.executescript('''
            create table books (id integer primary key, title text, pages int, author int);
            create table authors (id integer primary key, name text);
            insert into authors values (1, 'Ada'), (2, 'Ben'), (3, 'Eve');
            insert into books values (1, 'Lamps', 90, 1), (2, 'Bells', 210, 2), (3, 'Moths', 130, 1);
            ''')
            """,
        ),
        answer(
            "long",
            """
            # titles of more than 100 pages, longest first
            ### BEGIN SOLUTION
            q1 = 'select title from books where pages > 100 order by pages desc'
            ### END SOLUTION
            """,
        ),
        check(
            "long-check",
            1,
            """
            found = pd.read_sql(q1, shelf)
            assert list(found.columns) == ["title"]
            ### BEGIN HIDDEN TESTS
            assert found["title"].tolist() == ["Bells", "Moths"]
            ### END HIDDEN TESTS
            """,
        ),
        answer(
            "counts",
            """
            ### BEGIN SOLUTION
            q2 = '''
            select name, count(books.id) as books from authors left join books on books.author = authors.id
            group by authors.id order by name
            '''
            ### END SOLUTION
            """,
        ),
        check(
            "counts-check", 2, "assert shelf.execute(q2).fetchall() == [('Ada', 2), ('Ben', 1), ('Eve', 0)]"
        ),
        answer(
            "file",
            """
            ### BEGIN SOLUTION
            with sqlite3.connect('kept.db') as kept:
                shelf.backup(kept)
            ### END SOLUTION
            """,
        ),
        check(
            "file-check",
            1,
            """
            with sqlite3.connect("kept.db") as again:
                assert again.execute("select count(*) from books").fetchone() == (3,)
            """,
        ),
    ),
    {
        "partly": handed(
            long="q1 = 'select title from books where pages > 100'",
            counts="q2 = 'select name, count(*) from authors join books on author = authors.id group by name'",
        ),
        "wrong": handed(long="q1 = 'select * from books'", counts="q2 = 'drop table books'"),
        "empty": UNTOUCHED,
        "crashing": handed(long="q1 = 'selekt title'", counts="q2 = None", file="shelf.close()"),
    },
)

MODULES = Specimen(
    "geometry",
    (
        given("setup", "import math\nfrom shapes import area, UNITS"),
        answer(
            "ring",
            "def ring(outer, inner):\n    'The area between two circles.'\n"
            "    ### BEGIN SOLUTION\n    return area(outer) - area(inner)\n    ### END SOLUTION",
        ),
        check(
            "ring-check",
            2,
            """
            import shapes
            assert math.isclose(ring(2, 1), 3 * math.pi)
            ### BEGIN HIDDEN TESTS
            assert shapes.calls >= 2, "use area from shapes.py"
            assert UNITS == "cm"
            ### END HIDDEN TESTS
            """,
        ),
        answer("own", "### BEGIN SOLUTION\nsquare = lambda side: side * side\n### END SOLUTION"),
        check("own-check", 1, "assert [square(n) for n in range(4)] == [0, 1, 4, 9]"),
        check("package-check", 1, "from tools.lengths import to_cm\nassert to_cm(2) == 200"),
    ),
    {
        "partly": Handed(
            {
                "own": "from mine import square",
                "ring": "def ring(outer, inner):\n    return math.pi * (outer**2 - inner**2)",
            },
            files={"mine.py": "def square(side):\n    return side ** 2\n"},
        ),
        # The author's module stands in the place of the learner's version of it.
        "wrong": Handed(
            {
                "ring": "def ring(outer, inner):\n    return area(outer) + area(inner)",
                "own": "from mine import square",
            },
            files={"shapes.py": "calls = 9\nUNITS = 'mm'\narea = lambda r: r\n"},
        ),
        "empty": UNTOUCHED,
        "crashing": Handed({"own": "import mine\nsquare = mine.square"}, files={"mine.py": "def square(:\n"}),
    },
    {
        "shapes.py": "import math\n\nUNITS = 'cm'\ncalls = 0\n\n\n"
        "def area(radius):\n    global calls\n    calls += 1\n    return math.pi * radius**2\n",
        "tools/__init__.py": "",
        "tools/lengths.py": "def to_cm(metres):\n    return metres * 100\n",
    },
)

ALL = (PANDAS, NUMPY, PLOTS, FILES, SQL, MODULES)
