"""What a process of a Dask cluster does for a grader elsewhere; `coursekit grade --dask` sends it there by name."""

from __future__ import annotations

import os
import threading

from coursekit.engine.cluster import Bench, Parcel
from coursekit.engine.launch import Walls
from coursekit.model.grading import Job, Ran
from coursekit.wiring.settings import numerical_environment

_benches: dict[str, Bench] = {}
_lock = threading.Lock()


def grade_here(parcel: Parcel, job: Job) -> Ran:
    """Run one notebook on this process's own warm workers."""
    name = parcel.name
    with _lock:
        bench = _benches.get(name)
        if bench is None:
            # One module at a time: a class is graded module by module, and warm interpreters are large.
            for old in _benches.values():
                old.close()
            _benches.clear()
            bench = _benches[name] = Bench(
                parcel, Walls(root=os.geteuid() == 0, numerical=numerical_environment())
            )
    return bench.run(job)
