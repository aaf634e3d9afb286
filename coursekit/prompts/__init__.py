"""What runs in the learner's kernel: `import coursekit.prompts as ck`, then one call a cell.

    calls → forms → render

`session` knows the folder and the exchange that the calls work on; `charts` gives every figure one look.
"""

from coursekit.prompts.calls import (
    analysis_status,
    commit,
    confidence,
    decision,
    estimate,
    exhibit,
    plan,
    pointers,
    reflection_status,
    reveal,
    self_assessment,
)
from coursekit.prompts.charts import chart_style

__all__ = [
    "analysis_status",
    "chart_style",
    "commit",
    "confidence",
    "decision",
    "estimate",
    "exhibit",
    "plan",
    "pointers",
    "reflection_status",
    "reveal",
    "self_assessment",
]
