"""What people and their programs are shown."""

from __future__ import annotations

from typing import Any

from support.hostile.course import attack


def _metadata(content: dict[str, Any]) -> None:
    for cell in content["cells"]:
        nbgrader = cell["metadata"]["nbgrader"]
        if nbgrader["grade"] and cell["cell_type"] == "code":
            nbgrader.update(points=1000, locked=False, grade_id=nbgrader["grade_id"])
            cell["source"] = "1000.0"
            cell["outputs"] = [
                {
                    "output_type": "execute_result",
                    "data": {"text/plain": "1000.0"},
                    "metadata": {},
                    "execution_count": 1,
                }
            ]


def _solved(content: dict[str, Any]) -> None:
    """Says that its checks are answers, and its answers are checks."""
    for cell in content["cells"]:
        nbgrader = cell["metadata"]["nbgrader"]
        if cell["cell_type"] == "code":
            nbgrader["grade"], nbgrader["solution"] = nbgrader["solution"], nbgrader["grade"]
            nbgrader["points"] = 99


def _abused(content: dict[str, Any]) -> None:
    content["metadata"]["big"] = "x" * 3_000_000
    content["metadata"]["deep"] = {}
    deep = content["metadata"]["deep"]
    for _ in range(200):
        deep["x"] = {}
        deep = deep["x"]
    content["metadata"]["<script>alert(1)</script>"] = "<script>alert(1)</script>"
    content["metadata"]["kernelspec"] = {
        "name": "../../../../tmp/x; touch /tmp/coursekit-hostile-kernel",
        "language": "python",
    }
    first = content["cells"][0]
    first["outputs"] = [
        {
            "output_type": "display_data",
            "metadata": {"text/html\n<script>": {"x": 1}},
            "data": {"text/html\n<script>alert(1)</script>": "x", "text/plain": ["a", "b"], "../../x": "y"},
        },
        {"output_type": "stream", "name": "stdout", "text": "\x1b]0;owned\x07\x1b[2J" + "y" * 1_000_000},
    ]
    first["attachments"] = {"../../../../tmp/coursekit-hostile-attachment": {"text/html": "eA=="}}


SHOWN = (
    attack(
        "terminal-escapes",
        "the grader's terminal",
        r"""
        print('\x1b]0;owned\x07\x1b[2J\x1b[8m\x1b]52;c;ZXZpbA==\x07\x9b2J\x1bP+q\x1b\\')
        import sys
        sys.stderr.write('\x1b[?1049h\x1b[6n')
        open('\x1b[2J\x1b]0;x\x07', 'w').close()
        total = 5
        raise ValueError('\x1b]0;owned\x07\x1b[2J')
        """,
    ),
    attack(
        "scripts-in-outputs",
        "the grader's browser",
        r"""
        from IPython.display import HTML, SVG, Javascript, display, Markdown
        display(HTML('<script>alert(1)</script><img src=x onerror=alert(1)>'), Javascript('alert(1)'))
        display(SVG('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'))
        display(Markdown('<script>alert(1)</script>'))
        display({'application/javascript': 'alert(1)', 'text/html': '<iframe src=javascript:alert(1)>'}, raw=True)
        display({'application/vnd.jupyter.widget-view+json': {'model_id': 'x'}}, raw=True)
        total = 5
        raise ValueError('<script>alert(1)</script>')
        """,
        essay="<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>",
    ),
    attack(
        "mime-abused",
        "a notebook file that cannot be read",
        r"""
        data = {'text/html\n<script>': 'x', '': 'y', 'a/b' * 9999: 'z', 'text/plain': 'x\udc80\x00'}
        data |= {'application/json': {'a': [float('nan'), float('inf')]}, 'image/png': 'not base64'}
        display(data, metadata={'text/plain': {'x': ['y'] * 1000}, 'z\n': 1}, raw=True)
        print('\ud800\x00\uffff')
        """,
    ),
    attack(
        "nbformat-abused",
        "a grader that stumbles over the file",
        r"""
        print(1)
        """,
        twist=_abused,
    ),
    attack(
        "metadata-changed",
        "points by metadata, and checks of its own",
        r"""
        total = 5
        """,
        named="changed-locked-cell",
        twist=_metadata,
    ),
    attack(
        "checks-and-answers-swapped",
        "an answer where the check should be",
        r"""
        total = 5
        """,
        twist=_solved,
    ),
)
