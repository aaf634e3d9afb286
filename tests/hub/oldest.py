"""Makes .venv-hub41: the oldest JupyterHub that is supported, with coursekit beside it. Prints its folder.

    python tests/hub/oldest.py

Made once; anew when pyproject.toml or this file changes.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).absolute().parent.parent.parent
FOLDER = ROOT / ".venv-hub41"
WANTED = ["jupyterhub>=4.1,<4.2", "configurable-http-proxy>=0.4", "-e", str(ROOT)]


def make() -> Path:
    """The folder, ready to be used. Two who ask at once wait for one another."""
    recipe = hashlib.sha256((ROOT / "pyproject.toml").read_bytes() + Path(__file__).read_bytes()).hexdigest()
    with (ROOT / ".venv-hub41.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = FOLDER / "made-from"
        if not made.exists() or made.read_text() != recipe:
            shutil.rmtree(FOLDER, ignore_errors=True)
            python = FOLDER / "bin" / "python"
            has_uv = (
                subprocess.run([sys.executable, "-m", "uv", "--version"], capture_output=True).returncode == 0
            )
            venv.create(FOLDER, with_pip=not has_uv, symlinks=True)
            install = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", str(python)]
            if not has_uv:
                install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            done = subprocess.run([*install, *WANTED], capture_output=True, text=True)
            if done.returncode != 0:
                sys.exit(f"The oldest JupyterHub could not be installed.\n{done.stdout}{done.stderr}")
            made.write_text(recipe)
    return FOLDER


if __name__ == "__main__":
    print(make())
