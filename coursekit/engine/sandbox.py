"""The walls around a worker: bubblewrap outside; Landlock, limits and a filter of calls inside each fork
(`worker/confine.py`, `worker/calls.py`).

    read-only    the system's folders, this Python, coursekit's own package, the author's files
    writable     /scratch, /tmp, /dev/shm: in memory, bounded, emptied after each submission
    not there    any home, the course's folder, the gradebook, the environment, the network, other processes

Where a part is missing, `missing` names it, and nothing of a stranger's is run without `--unsafe-no-sandbox`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path

from coursekit.engine.worker import calls
from coursekit.engine.worker.confine import landlock_version
from coursekit.model.errors import ServiceFault

SCRATCH = "/scratch"
WRITABLE = ("/tmp", "/dev/shm")
_ACCOUNT = 61184
"""Accounts from here on own nothing anywhere: between systemd's ranges, see its UIDS-GIDS page."""
_SYSTEM = ("/usr", "/lib", "/lib64", "/lib32", "/bin", "/sbin")
_SETTINGS = ("/etc/ld.so.cache", "/etc/localtime", "/etc/fonts", "/etc/alternatives", "/etc/nsswitch.conf")


def missing() -> list[str]:
    """What this machine lacks for the sandbox, each in one sentence; nothing when all is there."""
    if not sys.platform.startswith("linux"):
        return ["The sandbox needs Linux (bubblewrap and Landlock); on this system there is none."]
    lacks = []
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        lacks.append("bubblewrap is not installed (Debian and Ubuntu: apt install bubblewrap).")
    elif (problem := _bubblewrap_problem(bwrap)) is not None:
        lacks.append(f"bubblewrap cannot make a sandbox here: {problem}.")
    if landlock_version() < 1:
        lacks.append("the kernel has no Landlock (Linux 5.13 or newer, with landlock among its LSMs).")
    if (unknown := calls.problem()) is not None:
        lacks.append(f"{unknown}.")
    return lacks


def check_or_refuse() -> None:
    """Raises ServiceFault, naming what is missing and the two ways on."""
    lacks = missing()
    if lacks:
        raise ServiceFault(
            "no-sandbox",
            "Learners' code cannot be run safely here: " + " ".join(lacks),
            "Install what is missing, or grade on a machine that has it. With --unsafe-no-sandbox the code runs "
            "under your own account and can read and change whatever you can.",
        )


def command(
    inner: Sequence[str],
    files: Mapping[str, str],
    disk_bytes: int,
    account: int,
    hidden: Sequence[str] = (),
    numerical: Mapping[str, str] | None = None,
) -> list[str]:
    """The command line that runs `inner` within the walls.

    `files`: where a file is to be seen → where it lies; read-only. `account`: what it will become inside; 0: stay.
    `hidden`: folders that are not to be seen even where they lie in one that is. `numerical`: see `environment`.
    """
    argv = [
        "bwrap",
        "--unshare-ipc",
        "--unshare-pid",
        "--unshare-net",
        "--unshare-uts",
        "--unshare-cgroup-try",
    ]
    if account:
        # A user namespace knows one account only, and root counts as no one for the limit of processes.
        argv += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        argv += ["--unshare-user", "--cap-drop", "ALL"]
    argv += ["--as-pid-1", "--new-session", "--hostname", "grading", "--clearenv"]
    for place in _SYSTEM:
        path = Path(place)
        if path.is_symlink():
            argv += ["--symlink", str(path.readlink()), place]
        elif path.is_dir():
            argv += ["--ro-bind", place, place]
    for place in _SETTINGS:
        argv += ["--ro-bind-try", place, place]
    argv += ["--proc", "/proc", "--dev", "/dev"]
    for place in (SCRATCH, *WRITABLE):
        argv += ["--perms", "1777", "--size", str(disk_bytes), "--tmpfs", place]
    places = _python_places()
    for place in (*places, *files):
        for above in reversed(Path(place).parents[:-1]):
            # bubblewrap would make them for its own eyes only.
            if not any(above.is_relative_to(s) for s in _SYSTEM) and str(above) not in (SCRATCH, *WRITABLE):
                argv += ["--perms", "0755", "--dir", str(above)]
    for place in places:
        argv += ["--ro-bind", place, place]
    for place in hidden:
        if any(Path(place).is_relative_to(p) for p in (*places, *_SYSTEM)):
            argv += ["--tmpfs", place]
    for seen, lies in files.items():
        argv += ["--ro-bind", lies, seen]
    for name, value in environment(numerical or {}).items():
        argv += ["--setenv", name, value]
    argv += ["--remount-ro", "/", "--chdir", "/", "--", *inner]
    return argv


def environment(numerical: Mapping[str, str]) -> dict[str, str]:
    """All that a worker's environment holds: nothing of the grader's but what `numerical` names."""
    return {
        **numerical,
        "PATH": f"{sysconfig.get_path('scripts')}:/usr/local/bin:/usr/bin:/bin",
        "HOME": SCRATCH,
        "USER": "learner",
        "LOGNAME": "learner",
        "LANG": "C.UTF-8",
        "PYTHONIOENCODING": "utf-8",
        # Threads of a numerical library do not survive a fork.
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MPLCONFIGDIR": f"{SCRATCH}/.warm",
        "IPYTHONDIR": f"{SCRATCH}/.warm",
        "NBGRADER_EXECUTION": "autograde",
    }


def account_for(number: int, root: bool) -> int:
    """The account that worker `number` becomes; 0 where the grader is not root and has no other."""
    return _ACCOUNT + number % 128 if root else 0


def _python_places() -> list[str]:
    """The folders in which this Python finds what it imports; of coursekit's own, the package alone."""
    package = Path(__file__).resolve().parent.parent
    wanted = [Path(sys.prefix), Path(sys.base_prefix), package]
    for entry in sys.path:
        # Of all others nobody knows what lies there: beside an editable package lies a course, perhaps this very
        # one with its solutions, and `python -m` adds the folder that it is called in.
        if Path(entry).name in ("site-packages", "dist-packages") and Path(entry).is_dir():
            wanted.append(Path(entry))
    places: list[str] = []
    for path in sorted({p.absolute() for p in wanted}, key=lambda p: len(p.parts)):
        inside_system = any(path.is_relative_to(s) for s in _SYSTEM)
        if not inside_system and not any(path.is_relative_to(p) for p in places):
            places.append(str(path))
    return places


def _bubblewrap_problem(bwrap: str) -> str | None:
    tried = subprocess.run(
        [bwrap, "--unshare-user-try", "--unshare-pid", "--unshare-net", "--ro-bind", "/", "/", "true"],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    said = tried.stderr.strip().splitlines()
    return None if tried.returncode == 0 else (said[-1] if said else f"it ended with {tried.returncode}")
