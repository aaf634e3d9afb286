"""Makes an environment with coursekit's wheel beside other versions than .venv has. Prints its folder.

    python tests/lab/environments.py lab42      .venv-lab42: the oldest JupyterLab and Notebook that are supported
    python tests/lab/environments.py collab     .venv-collab: the newest, with jupyter-collaboration

Made once, and anew when what it needs changes; coursekit itself is put there again whenever its wheel is another.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).absolute().parent.parent.parent
WANTED = {
    "lab42": ["jupyterlab==4.2.0", "notebook==7.2.0"],
    "collab": ["jupyterlab", "jupyter-collaboration"],
}


def make(name: str) -> Path:
    """The folder, ready to be used. Two who ask at once wait for one another."""
    folder = ROOT / f".venv-{name}"
    recipe = hashlib.sha256((ROOT / "pyproject.toml").read_bytes() + Path(__file__).read_bytes()).hexdigest()
    with (ROOT / f".venv-{name}.lock").open("w") as lock, tempfile.TemporaryDirectory() as built:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wheel = build_wheel(Path(built))
        content = hashlib.sha256(wheel.read_bytes()).hexdigest()
        made, has = folder / "made-from", folder / "has-wheel"
        if not made.exists() or made.read_text() != recipe:
            shutil.rmtree(folder, ignore_errors=True)
            venv.create(folder, with_pip=not has_uv(), symlinks=True)
            _install(folder, str(wheel), *WANTED[name])
            has.write_text(content)
            made.write_text(recipe)
        elif not has.exists() or has.read_text() != content:
            has.unlink(missing_ok=True)
            again = ["--reinstall-package", "coursekit"] if has_uv() else ["--force-reinstall"]
            _install(folder, "--no-deps", *again, str(wheel))
            has.write_text(content)
    return folder


def build_wheel(folder: Path) -> Path:
    """As `pip install` would, with the lab extension of today's sources."""
    from hatchling.builders.wheel import WheelBuilder

    return Path(next(WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])))


def has_uv() -> bool:
    """Whether uv is there to do it faster."""
    return subprocess.run([sys.executable, "-m", "uv", "--version"], capture_output=True).returncode == 0


def _install(folder: Path, *what: str) -> None:
    python = folder / "bin" / "python"
    install = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", str(python)]
    if not has_uv():
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    # Compiled now, and not by the first server that starts; it is waited for in a browser.
    done = subprocess.run(
        [*install, *(["--compile-bytecode"] if has_uv() else []), *what],
        capture_output=True,
        text=True,
        env={k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"},
    )
    if done.returncode != 0:
        sys.exit(f"{folder.name} could not be made.\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in WANTED:
        sys.exit(f"Say which: {' or '.join(WANTED)}.")
    print(make(sys.argv[1]))
