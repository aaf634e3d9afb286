"""What the functions of a check are made of is put back, also where nobody calls it by name."""

from __future__ import annotations

import pytest
from engine.conftest import LIMITS, walls

from coursekit.engine.pool import Worker
from coursekit.model.grading import Ending, Job, Step, Warmth
from coursekit.policy.reliance import relies_on


@pytest.fixture(scope="module")
def numerical():
    made = Worker(9, Warmth(("numpy", "pandas")), LIMITS, walls())
    yield made
    made.kill()


def graded(worker, answer: str, check: str):
    relied = relies_on(check, [])
    step = Step(1, "True", check, tools=relied.tools, words=relied.words, shadows=relied.shadows)
    return worker.run(Job("ada/first", (Step(0, answer), step)))


NUMPY = "import numpy as np\nnp.testing.assert_allclose([1.0], [2.0])"
CLOSE = "import numpy as np\nassert np.allclose([1.0], [2.0])"
MEAN = "from statistics import fmean\nassert fmean([1, 2]) == 5"
CASE = "import unittest\nunittest.TestCase().assertEqual(1, 2)"
FRAME = "import pandas as pd\npd.testing.assert_frame_equal(pd.DataFrame([1]), pd.DataFrame([2]))"
SAME = "import pandas as pd\nassert pd.DataFrame([1]).equals(pd.DataFrame([2]))"
YES = "lambda *a, **k: None"


@pytest.mark.parametrize(
    ("answer", "check"),
    [
        (f"import numpy.testing as t\nt.assert_allclose = {YES}", NUMPY),
        (f"import numpy.testing._private.utils as u\nu.assert_array_compare = {YES}", NUMPY),
        ("import numpy as np\ndef f(*a, **k): pass\nnp.testing.assert_allclose.__code__ = f.__code__", NUMPY),
        ("import numpy.testing._private.utils as u\nu.assert_array_compare.__defaults__ = ()", NUMPY),
        ("import numpy as np\nnp.allclose = lambda *a: True", CLOSE),
        ("import numpy._core.numeric as n\nn.isclose = lambda *a, **k: True\nn.all = lambda *a: True", CLOSE),
        ("import statistics\nstatistics.fmean = lambda x: 5", MEAN),
        ("import statistics\nstatistics.fsum = lambda x: 10", MEAN),
        (f"import unittest\nunittest.TestCase.assertEqual = {YES}", CASE),
        (f"import pandas.testing as t\nt.assert_frame_equal = {YES}", FRAME),
        ("import pandas as pd\npd.DataFrame.equals = lambda *a: True", SAME),
        (
            "import sys, types\nm = types.ModuleType('statistics')\nm.fmean = lambda x: 5\n"
            "sys.modules['statistics'] = m",
            MEAN,
        ),
    ],
)
def test_whatever_was_replaced_is_put_back_and_said(numerical, answer, check):
    ran = graded(numerical, answer, check)
    assert ran.cells[1].ending is Ending.ERROR
    assert {alarm.code for alarm in ran.alarms} == {"changed-tool"}


@pytest.mark.parametrize("name", ["statistics", "colorsys"])
def test_a_file_beside_the_notebook_does_not_stand_in_for_a_module_of_pythons(numerical, name):
    written = "fmean = hls_to_rgb = lambda *a: 5"
    answer = f"open('{name}.py', 'w').write('{written}')\nimport sys\nsys.path.insert(0, '.')"
    check = MEAN if name == "statistics" else "import colorsys\nassert colorsys.hls_to_rgb(0, 0, 0) == 5"
    ran = graded(numerical, answer, check)
    assert ran.cells[1].ending is Ending.ERROR


def test_a_file_of_the_authors_own_is_found_by_the_check(numerical):
    ran = graded(
        numerical,
        "open('helpers_of_mine.py', 'w').write('x = 5')",
        "import helpers_of_mine as h\nassert h.x == 5",
    )
    assert ran.cells[1].ending is Ending.OK


@pytest.mark.parametrize(
    "answer",
    [
        "import numpy as np\nnp.set_printoptions(precision=2)\nnp.random.seed(3)\nnp.mine = lambda: 3",
        "import pandas as pd\npd.options.display.max_rows = 3\npd.DataFrame.mine = lambda self: 3",
        "import random, re\nrandom.seed(3)\nre.compile('a')",
        "import statistics, unittest\nclass T(unittest.TestCase):\n    def test(self): self.assertEqual(1, 1)",
        "import warnings\nwarnings.simplefilter('ignore')\nimport numpy as np\nnp.seterr(all='ignore')",
    ],
)
def test_honest_work_with_the_same_modules_is_no_alarm(numerical, answer):
    check = "\n".join(part.replace("2.0", "1.0") for part in (NUMPY, CLOSE))
    ran = graded(
        numerical,
        answer,
        f"{check}\nimport pandas as pd\npd.DataFrame([1]).mean()\nimport statistics, random",
    )
    assert ran.cells[1].ending is Ending.OK, ran.cells[1].outputs
    assert ran.alarms == ()
