"""What the engine noticed while a check ran, in a grader's words.

An alarm is no verdict: there are honest reasons for some. It means that a person looks before a mark is given.
"""

from __future__ import annotations

import re

from coursekit.model.grading import Remark

_SENTENCES = {
    "input-transformer": "The answers changed how IPython reads the code of the tests.",
    "syntax-transformer": "The answers changed how IPython compiles the code of the tests.",
    "trace-function": "The answers left a trace function running that sees the tests ({which}).",
    "import-hook": "The answers changed how modules are imported.",
    "hook": "The answers left a hook in the interpreter ({which}).",
    "shell-hook": "The answers left a hook in IPython ({which}).",
    "shell-changed": "The answers replaced a part of IPython ({which}).",
    "changed-tool": "The answers changed a function that the tests may use ({which}).",
    "renamed-tool": "The answers gave another meaning to a name that the tests use ({which}).",
    "check-cannot-fail": "A test that must fail did not fail after these answers.",
    "forged-check": "A test did not answer as the interpreter answers.",
}
# A name, and no words of anybody's.
_NAME = re.compile(r"[A-Za-z0-9_.]{1,60}|custom exceptions")


def alarm(code: str, which: str) -> Remark:
    """The remark of that code. Both come out of the sandbox: an unknown code is a forgery of its own."""
    if code not in _SENTENCES:
        code, which = "forged-check", ""
    return Remark(code, _SENTENCES[code].format(which=which if _NAME.fullmatch(which) else "unknown"))
