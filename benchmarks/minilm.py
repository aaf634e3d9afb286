"""How near our forward pass is to the reference, and what it costs.

    python benchmarks/minilm.py FOLDER-WITH-THE-WEIGHTS

FOLDER holds all-MiniLM-L6-v2's model.safetensors, tokenizer.json and config.json, as `coursekit models add` keeps
them. The reference's answers are in tests/support/reflections/minilm_reference.json.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import time
from pathlib import Path

import numpy as np

from coursekit.model.ids import Digest
from coursekit.textmodels.minilm import MiniLM

REFERENCE = Path(__file__).parents[1] / "tests" / "support" / "reflections" / "minilm_reference.json"
WORDS = 150
ROUNDS = 20


def main(folder: Path) -> int:
    told = json.loads(REFERENCE.read_text())
    digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if digest != told["weights"]:
        print(f"These are other weights than the reference’s: {digest}")
        return 1
    before = resident()
    begun = time.perf_counter()
    model = MiniLM(folder, "all-MiniLM-L6-v2", Digest(digest))
    opened = time.perf_counter() - begun

    worst, cosines, wrong = 0.0, [], 0
    for case in told["cases"]:
        wrong += model.tokenizer.ids(case["text"], 256) != case["ids"]
        ours = np.array(model.embed([case["text"]])[0])
        theirs = np.frombuffer(base64.b64decode(case["vector"]), "<f4")
        worst = max(worst, float(np.abs(ours - theirs).max()))
        cosines.append(float(ours @ theirs))

    text = " ".join((" ".join(case["text"] for case in told["cases"]) * 3).split()[400 : 400 + WORDS])
    spent = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        model.embed([text])
        spent.append(time.perf_counter() - begun)

    print(f"texts compared with {told['made_with']}: {len(cosines)}")
    print(f"texts cut otherwise than the reference cuts them: {wrong}")
    print(f"largest difference of a number: {worst:.1e}")
    print(f"smallest cosine: {min(cosines):.9f}")
    print(f"opening it: {opened * 1000:.0f} ms")
    pieces = len(model.tokenizer.ids(text, 256))
    print(
        f"{WORDS} words ({pieces} pieces): {np.median(spent) * 1000:.0f} ms median, {max(spent) * 1000:.0f} ms most"
    )
    print(f"memory beyond what was there: {resident() - before:.0f} MB")
    print(f"on disk: {sum(p.stat().st_size for p in folder.iterdir() if p.is_file()) / 1e6:.0f} MB")
    return 0 if worst < 1e-5 and not wrong else 1


def resident() -> float:
    """MB of this process."""
    told = Path("/proc/self/status").read_text()
    return int(told.partition("VmRSS:")[2].split()[0]) / 1024


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
