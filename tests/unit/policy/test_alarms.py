"""What comes out of a sandbox as an alarm is a code of ours with a name in it, or a forgery."""

from __future__ import annotations

import pytest

from coursekit.policy.alarms import alarm


@pytest.mark.parametrize("which", ["np.allclose", "custom exceptions", "sys.settrace", "_private"])
def test_a_name_is_said(which: str) -> None:
    assert alarm("hook", which).detail == f"The answers left a hook in the interpreter ({which})."


@pytest.mark.parametrize(
    "which", ["", "anna cheated", "anna\x1b[31m", "<script>", "x" * 61, "a\nb", "{which}"]
)
def test_anything_else_is_not(which: str) -> None:
    assert alarm("hook", which).detail == "The answers left a hook in the interpreter (unknown)."


@pytest.mark.parametrize("code", ["", "no-such", "<script>", "hook "])
def test_a_code_that_nobody_knows_is_a_forgery_itself(code: str) -> None:
    assert alarm(code, "np.all").code == "forged-check"
