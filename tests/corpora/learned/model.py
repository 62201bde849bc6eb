"""A small explainable model, in numpy: one linear layer over hashed words and runs of letters, trained by AdaGrad."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SIZE = 1 << 18  # hashed features; one byte each for six classes is 1.5 MB
CLASSES = 6  # levels 1 to 5, and none of them
_WORD = re.compile(r"[^\W_]+")
_HAN = "\u2e80"  # from here on, languages without spaces

Floats = NDArray[np.float32]
Places = NDArray[np.int32]


def features(text: str) -> Places:
    """Words, pairs of words and runs of three to five letters, figures made alike; each once, by its hash."""
    found: set[str] = set()
    listed = _WORD.findall(re.sub(r"\d", "0", text.lower()))
    for word, following in zip(listed, [*listed[1:], ""], strict=True):
        found |= {f"w {word}", f"b {word} {following}"}
        padded = f"<{word}>"
        for length in (1, 2, 3) if word[0] > _HAN else (3, 4, 5):
            found |= {f"c {padded[n : n + length]}" for n in range(len(padded) - length + 1)}
    found |= {f"m {mark}" for mark in "?!" if mark in text}
    return np.unique(np.fromiter((zlib.crc32(one.encode()) % SIZE for one in found), dtype=np.int32))


@dataclass(frozen=True, slots=True)
class Model:
    """Weights by feature and class."""

    weights: Floats
    bias: Floats

    def chances(self, places: Places) -> Floats:
        """How likely each class is: six numbers that add up to 1."""
        return _soft(self.weights[places].sum(0) / np.float32(max(len(places), 1)) ** 0.5 + self.bias)


def train(mails: Sequence[tuple[Places, int]], *, epochs: int = 12, rate: float = 1.0, seed: int = 1) -> Model:
    """Learn from (features, class 0 to 5); a rare class counts for more, by the root of how rare it is."""
    many = np.bincount([wanted for _, wanted in mails], minlength=CLASSES)
    share = np.sqrt(len(mails) / CLASSES / np.maximum(many, 1)).astype(np.float32)
    weights, seen = np.zeros((SIZE, CLASSES), np.float32), np.full((SIZE, CLASSES), 1e-3, np.float32)
    bias = np.zeros(CLASSES, np.float32)
    dice = np.random.default_rng(seed)
    for _ in range(epochs):
        for number in dice.permutation(len(mails)):
            places, wanted = mails[number]
            scale = np.float32(max(len(places), 1)) ** -0.5
            held = weights[places]
            off = _soft(held.sum(0) * scale + bias)
            off[wanted] -= 1
            slope = off * share[wanted]
            bias -= 0.02 * slope
            step = slope * scale
            grown = seen[places] + step * step
            seen[places] = grown
            weights[places] = held - rate * step / np.sqrt(grown) * 0.1
    return Model(weights, bias)


def _soft(logits: Floats) -> Floats:
    raised = np.exp(logits - logits.max())
    return (raised / raised.sum()).astype(np.float32)
