"""What a check relies on, and what it does not."""

from __future__ import annotations

from coursekit.model.grading import MasterCell, MasterNotebook, Step
from coursekit.policy.reliance import defined_by, imports_of, relies_on, with_reliance


def test_imports_bind_names_to_what_they_mean():
    source = (
        "import numpy as np, os.path\nfrom math import isclose as near, pi\nfrom . import a\nfrom re import *"
    )
    assert imports_of(source) == {
        "np": ("numpy",),
        "os": ("os",),
        "near": ("math", "isclose"),
        "pi": ("math", "pi"),
    }


def test_only_what_the_check_uses_counts():
    found = relies_on(
        "assert np.testing.assert_equal(f(2), 4) is None", ["import numpy as np\nimport pandas as pd"]
    )
    assert found.names == (("np", ("numpy",)),)
    assert found.tools == ("numpy", "numpy.testing")
    assert found.shadows == ()


def test_a_check_that_imports_for_itself_relies_on_the_module_alone():
    found = relies_on("from math import isclose\nassert isclose(x, 1)", ["from numpy import isclose"])
    assert found.names == ()
    assert found.tools == ("math",)


def test_functions_of_python_that_the_check_calls_must_not_be_covered():
    found = relies_on("assert abs(x - 1) < 0.1 and isinstance(x, float)", [])
    assert found.shadows == ("abs", "float", "isinstance")


def test_what_the_answer_is_asked_to_define_it_may_define():
    solution = "def sum(values):\n    total = 0\n    return total"
    assert defined_by([solution]) == {"sum", "total"}
    assert relies_on("assert sum([1, 2]) == 3", ["import numpy as sum"], defined_by([solution])).shadows == ()
    assert relies_on("assert sum([1, 2]) == 3", [], defined_by([solution])).names == ()


def test_cells_with_lines_of_ipython_are_read_all_the_same():
    assert imports_of("%matplotlib inline\nimport math\n!ls") == {"math": ("math",)}
    assert relies_on("%%time\nassert len(x) == 1", []).shadows == ("len",)
    assert relies_on("def broken(", []).shadows == ()


def test_each_check_gets_what_stood_before_it():
    cells = (
        MasterCell("setup", "code", "import math as m", "import math as m", locked=True),
        MasterCell(
            "t1", "code", "assert m.pi > x\n# hidden", "assert m.pi > x", locked=True, grade=True, points=1
        ),
        MasterCell("late", "code", "import numpy as m", "import numpy as m", locked=True),
        MasterCell("t2", "code", "assert m.pi < x", "assert m.pi < x", locked=True, grade=True, points=1),
    )
    steps = (
        Step(0, "x = 3"),
        *(Step(n, c.released, c.source if c.is_check else None) for n, c in enumerate(cells, 1)),
    )
    found = with_reliance(steps, MasterNotebook("n", cells))
    assert [dict(s.names) for s in found] == [{}, {}, {"m": ("math",)}, {}, {"m": ("numpy",)}]
    assert with_reliance(steps, MasterNotebook("n", cells, {"language": "R"})) == steps
