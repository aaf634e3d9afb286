"""Trains the sentence model that comes with coursekit, from CEReD, and prints how good it is.

python training/train_cered.py [--check]

`--check` trains anew and compares: the shipped file must be what training gives, and hold its figures.
"""

from __future__ import annotations

import argparse
import ast
import csv
import hashlib
import io
import json
import sys
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, vstack
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits

from coursekit.textmodels.cered import RECIPE, CeredModel
from coursekit.textmodels.ngrams import PLACES, features

HERE = Path(__file__).parent
SHIPPED = HERE.parent / "coursekit" / "textmodels" / "data" / "cered.npz"
PARTS = ("train", "val", "test")
STRENGTH = 2.0
"""C of the logistic regression, chosen on the validation part."""
TYPICAL = 5.0
"""Of a typical sentence: its annotators’ mean answer to “how typical?” is at least this, of 7."""
FOLDS = 5

# What the shipped model is held to.
ACCURACY, ACCURACY_TYPICAL = 0.60, 0.71
# The values of the study that the model was designed in, less 0.02.
AUC = {
    "Belief": 0.83,
    "Difficulty": 0.85,
    "Experience": 0.878,
    "Feeling": 0.92,
    "Intention": 0.93,
    "Learning": 0.93,
    "Other": 0.882,
    "Perspective": 0.88,
    "Reflection": 0.85,
}


@dataclass(frozen=True)
class Labelled:
    """Sentences with their classes, and how typical each annotator found them."""

    sentences: tuple[str, ...]
    classes: np.ndarray[Any, Any]
    ratings: tuple[tuple[int, ...], ...]

    @property
    def typical(self) -> np.ndarray[Any, Any]:
        """Whether a sentence is a typical one of its class."""
        return np.array([sum(each) / len(each) >= TYPICAL for each in self.ratings])


def read(part: str) -> Labelled:
    """One part of CEReD: train, val or test."""
    with (HERE / "cered" / f"en_{part}.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    # The test part alone spells it in the plural.
    names = np.array([{"Difficulties": "Difficulty"}.get(row["y"], row["y"]) for row in rows])
    ratings = tuple(tuple(ast.literal_eval(row["confidence"])) for row in rows)
    return Labelled(tuple(row["sentence"] for row in rows), names, ratings)


def matrix(sentences: Sequence[str]) -> csr_matrix:
    """The features of the sentences, a row each."""
    found = [features(sentence) for sentence in sentences]
    ends = np.cumsum([0, *(len(places) for places, _ in found)])
    columns = np.concatenate([places for places, _ in found])
    return csr_matrix((np.concatenate([v for _, v in found]), columns, ends), shape=(len(found), PLACES))


def fit(x: csr_matrix, y: np.ndarray[Any, Any]) -> LogisticRegression:
    """The model. The task has one optimum, and this goes up to it: the same on every machine."""
    # One thread: several add up in another order each time, and the last digits differ.
    with threadpool_limits(1):
        return LogisticRegression(C=STRENGTH, tol=1e-5, max_iter=2_000).fit(x, y)


def fit_quickly(x: csr_matrix, y: np.ndarray[Any, Any]) -> LogisticRegression:
    """Near the same optimum in a tenth of the time, for what is thrown away afterwards."""
    near = LogisticRegression(C=STRENGTH, solver="saga", tol=1e-12, max_iter=10, random_state=0)
    with warnings.catch_warnings():
        # It is meant to stop on the way.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return near.fit(x.astype(np.float32), y)


def pack(model: LogisticRegression, figures: Mapping[str, Any]) -> bytes:
    """The file: numbers and one JSON text."""
    about = {
        "recipe": RECIPE,
        "classes": [str(name) for name in model.classes_],
        "trained_on": {
            part: hashlib.sha256((HERE / "cered" / f"en_{part}.tsv").read_bytes()).hexdigest()
            for part in ("train",)
        },
        "source": "CEReD, English part, EduMUNI/reflection-classification, doi:11372/LRT-3573",
        "authors": "Michal Štefánik, Jan Nehyba",
        "licence": "Apache-2.0",
        "figures": figures,
    }
    file = io.BytesIO()
    np.savez_compressed(
        file,
        weights=model.coef_.T.astype(np.float16),
        bias=model.intercept_.astype(np.float32),
        about=np.array(json.dumps(about, sort_keys=True, ensure_ascii=False)),
    )
    return file.getvalue()


def accuracy(model: CeredModel, part: Labelled) -> dict[str, float]:
    """The share of sentences whose most probable class is theirs; of all, and of the typical ones."""
    told = np.array(model.probabilities(part.sentences)).argmax(axis=1)
    right = np.array(model.classes)[told] == part.classes
    return {"all": round(float(right.mean()), 4), "typical": round(float(right[part.typical].mean()), 4)}


def aucs(x: csr_matrix, y: np.ndarray[Any, Any], fitting: Any = fit) -> dict[str, float]:
    """Each class against all others, from models that have not seen the sentence: five folds of all parts."""
    names = sorted(set(y))
    chances = np.zeros((len(y), len(names)))
    for seen, unseen in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(x, y):
        chances[unseen] = fitting(x[seen], y[seen]).predict_proba(x[unseen])
    return {
        str(name): round(float(roc_auc_score(y == name, chances[:, i])), 4) for i, name in enumerate(names)
    }


def slope(content: bytes, x: csr_matrix, y: np.ndarray[Any, Any]) -> float:
    """How steep the task still is at a file's weights: 0 at the optimum, and else at least the way there."""
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        weights, bias = file["weights"].astype(np.float64), file["bias"].astype(np.float64)
        names = json.loads(str(file["about"]))["classes"]
    scores = x @ weights + bias
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    wrong = shares / shares.sum(axis=1, keepdims=True) - (y[:, None] == np.array(names)[None, :])
    return float(
        np.hypot(np.linalg.norm(weights + STRENGTH * (x.T @ wrong)), np.linalg.norm(wrong.sum(axis=0)))
    )


def train() -> tuple[bytes, dict[str, Any]]:
    """The file's content and the figures. Takes about a minute."""
    parts = {part: read(part) for part in PARTS}
    features_of = {part: matrix(labelled.sentences) for part, labelled in parts.items()}
    # On the training part alone: so the official test says something about the very file that ships.
    model = fit(features_of["train"], parts["train"].classes)
    whole = vstack([features_of[part] for part in PARTS]).tocsr()
    auc = aucs(whole, np.concatenate([parts[part].classes for part in PARTS]))
    plain = CeredModel(pack(model, {}))
    figures = {part: accuracy(plain, parts[part]) for part in ("val", "test")} | {"auc_5_fold": auc}
    return pack(model, figures), figures


def falls_short(figures: Mapping[str, Any]) -> list[str]:
    """What the model does not hold, in words."""
    held = [
        ("accuracy on the official test", figures["test"]["all"], ACCURACY),
        ("accuracy on its typical sentences", figures["test"]["typical"], ACCURACY_TYPICAL),
        *((f"AUC of {name}", figures["auc_5_fold"].get(name, 0.0), least) for name, least in AUC.items()),
    ]
    return [f"{what}: {value:.3f}, less than {least:.3f}" for what, value, least in held if value < least]


def differs(shipped: bytes, made: bytes) -> list[str]:
    """Where the shipped file is not what training gives. Processors may differ in a float16's last digit."""
    with np.load(io.BytesIO(shipped), allow_pickle=False) as old, np.load(io.BytesIO(made)) as new:
        found = []
        for name, room in (("weights", 5e-3), ("bias", 5e-3)):
            apart = float(np.abs(old[name].astype(np.float64) - new[name].astype(np.float64)).max())
            if apart > room:
                found.append(f"{name}: up to {apart:.4f} apart")
        abouts = [json.loads(str(file["about"])) for file in (old, new)]
    for key in abouts[1]:
        if key != "figures" and abouts[0].get(key) != abouts[1][key]:
            found.append(f"{key}: {abouts[0].get(key)} is {abouts[1][key]} now")
    return found


def main() -> None:
    """Trains, prints, and writes or compares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="compare with the shipped file, and write nothing"
    )
    options = parser.parse_args()
    content, figures = train()
    for part, name in (("val", "validation"), ("test", "official test")):
        told = figures[part]
        print(f"{name:<16}accuracy {told['all']:.3f}   of typical sentences {told['typical']:.3f}")
    print("one against the rest, AUC in five folds of all parts:")
    for name, value in figures["auc_5_fold"].items():
        print(f"  {name:<14}{value:.3f}   to hold {AUC[name]:.3f}")
    problems = falls_short(figures)
    if options.check:
        problems += differs(SHIPPED.read_bytes(), content)
        print(f"{SHIPPED.name} is {'' if SHIPPED.read_bytes() == content else 'not '}the same, byte by byte")
    elif not problems:
        SHIPPED.write_bytes(content)
        print(f"{SHIPPED.name}: {len(content):,} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}")
    for problem in problems:
        print(problem, file=sys.stderr)
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
