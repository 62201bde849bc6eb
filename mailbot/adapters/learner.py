"""Finds the words that tell kinds of texts apart, by TF-IDF and a linear model. Needs scikit-learn, an extra dependency."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

from mailbot.core.language.folding import words
from mailbot.core.language.stop_words import COMMON
from mailbot.errors import ConfigError


def telling_words(texts: Sequence[str], kinds: Sequence[int], most: int = 30) -> dict[int, list[str]]:
    """For each kind the words and pairs of words that speak for it most, strongest first; at most `most` each.

    Only words that occur in two texts or more. Raises ConfigError if scikit-learn is not installed.
    """
    try:
        text = importlib.import_module("sklearn.feature_extraction.text")
        linear = importlib.import_module("sklearn.linear_model")
    except ModuleNotFoundError:
        raise ConfigError(["learning needs scikit-learn: pip install 'mailbot-desk[learn]'"]) from None
    listed: Any = text.TfidfVectorizer(analyzer=_terms, min_df=2, sublinear_tf=True)
    try:
        matrix = listed.fit_transform(texts)
    except ValueError:  # no word occurs in two texts
        return {}
    names = listed.get_feature_names_out()
    found: dict[int, list[str]] = {}
    for kind in sorted(set(kinds)):
        model: Any = linear.LogisticRegression(C=10.0, class_weight="balanced", max_iter=500, random_state=0)
        model.fit(matrix, [each == kind for each in kinds])
        weights = model.coef_[0]
        order = [
            at
            for _, _, at in sorted(
                (-weight, name, at) for at, (weight, name) in enumerate(zip(weights, names, strict=True))
            )
        ]
        found[kind] = [str(names[at]) for at in order[:most] if weights[at] > 0]
    return found


def _terms(text: str) -> list[str]:
    """Single words that carry meaning, and pairs of neighbours on a line of which at least one does."""
    found: list[str] = []
    for line in text.splitlines():
        known = words(line)[1]
        telling = [len(word) >= 4 and word not in COMMON and not word.isdigit() for word in known]
        found += [word for word, says in zip(known, telling, strict=True) if says]
        pairs = zip(known, known[1:], telling, telling[1:], strict=False)
        found += [f"{one} {two}" for one, two, says, also in pairs if (says or also) and one != two]
    return found
