"""What a worker imports before it meets anybody."""

from __future__ import annotations

import pytest

from coursekit.policy.imports import imports_of


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import math", ("math",)),
        ("import numpy as np, pandas\nx = 1", ("numpy", "pandas")),
        ("import matplotlib.pyplot as plt", ("matplotlib.pyplot",)),
        ("from os import path", ("os", "os.path")),
        ("from math import *", ("math",)),
        ("%matplotlib inline\n!pip list\nimport math", ("math",)),
        ("from . import x\nfrom .y import z", ()),
        ("def f():\n    import json", ()),
        ("import math\nimport math", ("math",)),
        ("this is no Python", ()),
        ("x = '\0'", ()),
        ("", ()),
    ],
)
def test_what_a_cell_imports(source: str, found: tuple[str, ...]) -> None:
    assert imports_of([source]) == found


def test_one_broken_cell_hides_no_other() -> None:
    assert imports_of(["import math", "import (", "import json", "import math"]) == ("math", "json")
