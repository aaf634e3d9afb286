"""The sentence model that ships is the one that training gives, and as good as its card says."""

from __future__ import annotations

import hashlib
import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix, vstack

from coursekit.textmodels.cered import open_cered

TRAINING = Path(__file__).parents[3] / "training"


def _load(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, TRAINING / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


train_cered = _load("train_cered")


@pytest.fixture(scope="module")
def parts() -> dict[str, Any]:
    return {part: train_cered.read(part) for part in train_cered.PARTS}


@pytest.fixture(scope="module")
def matrices(parts: dict[str, Any]) -> dict[str, csr_matrix]:
    return {part: train_cered.matrix(labelled.sentences) for part, labelled in parts.items()}


def test_the_official_test_is_passed_by_the_file_that_ships(parts: dict[str, Any]) -> None:
    told = train_cered.accuracy(open_cered(), parts["test"])
    assert told["all"] >= train_cered.ACCURACY == 0.60
    assert told["typical"] >= train_cered.ACCURACY_TYPICAL == 0.71
    assert int(parts["test"].typical.sum()) == 149
    assert told == open_cered().about["figures"]["test"]


def test_each_class_is_told_from_the_rest(parts: dict[str, Any], matrices: dict[str, csr_matrix]) -> None:
    classes = np.concatenate([parts[part].classes for part in train_cered.PARTS])
    assert len(classes) == 6774
    whole = vstack([matrices[part] for part in train_cered.PARTS]).tocsr()
    told = train_cered.aucs(whole, classes, train_cered.fit_quickly)
    assert {name: value for name, value in told.items() if value < train_cered.AUC[name]} == {}
    # The quick way there stands for the slow one, which the card tells of.
    carded = open_cered().about["figures"]["auc_5_fold"]
    assert {name for name in told if abs(told[name] - carded[name]) > 0.006} == set()


def test_the_shipped_weights_are_the_optimum(parts: dict[str, Any], matrices: dict[str, csr_matrix]) -> None:
    content = train_cered.SHIPPED.read_bytes()
    classes = parts["train"].classes
    # What is left comes of rounding to float16; the weights' own length is 80.
    assert train_cered.slope(content, matrices["train"], classes) < 0.5
    other = classes.copy()
    other[5] = "Belief" if other[5] != "Belief" else "Other"
    assert train_cered.slope(content, matrices["train"], other) > 2


def test_no_sentence_is_in_two_parts(parts: dict[str, Any]) -> None:
    seen = {part: {s.strip().lower() for s in labelled.sentences} for part, labelled in parts.items()}
    assert not seen["train"] & seen["test"]
    assert not seen["train"] & seen["val"]
    assert not seen["val"] & seen["test"]


def test_the_file_names_what_it_was_made_of() -> None:
    about = open_cered().about
    vendored = hashlib.sha256((TRAINING / "cered" / "en_train.tsv").read_bytes()).hexdigest()
    assert about["trained_on"] == {"train": vendored}
    assert about["licence"] == "Apache-2.0"


def test_the_card_tells_the_files_figures() -> None:
    card = (TRAINING.parent / "docs" / "evidence-model.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\w+) \| \d+ \| (0\.\d+) \| (0\.\d+) \|$", card, re.M)
    figures = open_cered().about["figures"]
    assert {name: float(auc) for name, auc, _ in rows} == {
        n: round(v, 3) for n, v in figures["auc_5_fold"].items()
    }
    assert {name: float(least) for name, _, least in rows} == train_cered.AUC
    assert f"**{figures['test']['all']:.3f}**" in card
    assert f"**{figures['test']['typical']:.3f}**" in card


def test_what_falls_short_is_named() -> None:
    figures = open_cered().about["figures"]
    assert train_cered.falls_short(figures) == []
    worse = {**figures, "auc_5_fold": {**figures["auc_5_fold"], "Learning": 0.5}}
    assert train_cered.falls_short(worse) == ["AUC of Learning: 0.500, less than 0.930"]


def test_another_file_is_seen() -> None:
    shipped = train_cered.SHIPPED.read_bytes()
    assert train_cered.differs(shipped, shipped) == []

    class Other:
        classes_ = np.array(["A", *open_cered().classes[1:]])
        coef_ = np.zeros((9, train_cered.PLACES))
        intercept_ = np.zeros(9)

    assert [line.split(":")[0] for line in train_cered.differs(shipped, train_cered.pack(Other(), {}))] == [
        *("weights", "bias", "classes")
    ]


@pytest.mark.parametrize("script", ["school_words.py"])
def test_word_lists_are_what_their_script_makes(script: str) -> None:
    subprocess.run([sys.executable, TRAINING / script, "--check"], check=True, capture_output=True)


def test_training_anew_gives_the_same(soak: bool) -> None:
    if not soak:
        pytest.skip("a minute of training: --soak")
    subprocess.run([sys.executable, TRAINING / "train_cered.py", "--check"], check=True, capture_output=True)
