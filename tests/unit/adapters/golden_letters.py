"""The agreed words of every letter, as files: `python -m tests.unit.adapters.golden_letters` rewrites them.

What all letters of a language share is stored once, in `frames`: the page around the words, its foot, and the style of each
tag. A letter's own file holds what differs; `whole` puts the two together again, byte for byte.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from mailbot.adapters.letters.samples import SAMPLES
from mailbot.adapters.letters.templates import NAMES, Templates
from mailbot.core.model.letter_kinds import KINDS, Audience

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "golden" / "letters"
FRAMES = GOLDEN / "frames"
LANGUAGES = ("en", "de")
OTHERS = ("fr", "es", "it", "nl", "pl", "pt-BR", "sv", "ja", "ar")
"""Languages of which the letters to customers are kept, as text and in one file each."""
TOGETHER = (*OTHERS, "de-du")
"""All whose letters are kept in one file each: those, and the form of a language that says the rest as it does."""
NOTICED = ("fr", "es", "it", "nl", "pl", "pt-BR", "sv", "ja", "ar")
"""Those of them in which agents read too."""
LETTERS = tuple(name for name in NAMES if KINDS[name].audience is Audience.CUSTOMER)
NOTICES = tuple(name for name in NAMES if name not in LETTERS)
FILES = [(language, name) for language in LANGUAGES for name in NAMES]

# `<p>` has the first style of `p` in the frame, `<p ~1>` the next one, `<p ~>` none.
_STYLED = re.compile(r'<(\w+)((?: (?!style=)[\w-]+="[^"]*")*)(?: style="([^"]*)")?>')
_SHORT = re.compile(r'<(\w+)((?: (?!style=)[\w-]+="[^"]*")*)(?: (~\d*))?>')
_PAGE = re.compile(
    r'(.*<title>)(.*?)(</title>.*?<div class="letter[^>]*>\n)(.*?)(</div>\s*(?:<!--[^>]*>[^-]*-->\s*)?</body>.*)',
    re.DOTALL,
)
_FOOT = re.compile(r'<p class="foot"[^>]*>.*?</p>\Z', re.DOTALL)
_PARTS = "\n\n==== "
_TARGET = re.compile(r"<mailto:[^>]*>")
_MOST = 6  # notices: what so many say is told once


def kind(name: str) -> str:
    """Which frame a letter has."""
    return "letter" if KINDS[name].audience is Audience.CUSTOMER else "notice"


def rendered(templates: Templates, language: str, name: str) -> tuple[str, str]:
    """The text of every sample of a letter, and the HTML of the first."""
    letters = [
        templates.render(name, language=language, inbox="support", zone="Europe/Berlin", fields=sample)
        for sample in SAMPLES[name]
    ]
    texts = [f"Subject: {letter.subject}\n\n{letter.text}" if letter.subject else letter.text for letter in letters]
    return "\n========\n\n".join(texts), letters[0].html


def told_together(templates: Templates, language: str) -> str:
    """The letters to customers in a language, one after the other: the text of every sample."""
    letters = (f"======== {name}\n\n{rendered(templates, language, name)[0]}" for name in LETTERS)
    return "\n".join(letters)


def noticed_together(templates: Templates, language: str) -> str:
    """The notices to agents in a language: what most of them say once, then the text of each sample, without what stands above."""
    texts = {name: [_notice(templates, language, name, sample) for sample in SAMPLES[name]] for name in NOTICES}
    shared = Counter(line for lines, *_ in texts.values() for line in dict.fromkeys(lines))
    said = {line: None for line, times in shared.items() if times >= _MOST}
    told = ["======== in most of them", *filter(None, said)]
    for name, samples in texts.items():
        for nth, lines in enumerate(samples):
            told += [f"======== {name}" if nth == 0 else "----", *(line for line in lines if line not in said)]
            said |= dict.fromkeys(lines)
    return "\n".join(told) + "\n"


def _notice(templates: Templates, language: str, name: str, fields: Mapping[str, Any]) -> list[str]:
    notice = templates.render(name, language=language, inbox="support", zone="Europe/Berlin", fields=fields)
    return [line for line in _TARGET.sub("<…>", f"{notice.subject or ''}\n{notice.text}").splitlines() if line]


def frame_of(pages: Iterable[str]) -> str:
    """What pages have in common: the page around the words, the foot that most have, and the styles by tag."""
    around, feet, styles = Counter[str](), Counter[str](), Counter[tuple[str, str]]()
    for page in pages:
        head, _, top, words, end = _taken_apart(page)
        around[f"{head}{{title}}{top}{{words}}{end}"] += 1
        feet.update(_FOOT.findall(words))
        styles.update((found[1], found[3]) for found in _STYLED.finditer(words) if found[3] is not None)
    ordered = sorted(styles, key=lambda each: (each[0], -styles[each], each[1]))
    named = "\n".join(f"{tag}: {style}" for tag, style in ordered)
    return f"{around.most_common(1)[0][0]}{_PARTS}foot\n{feet.most_common(1)[0][0]}{_PARTS}styles\n{named}\n"


def differing(page: str, frame: str) -> str:
    """What a page has of its own, beside its frame."""
    _, foot, styles = _read(frame)
    _, title, _, words, _ = _taken_apart(page)

    def short(found: re.Match[str]) -> str:
        tag, attributes, style = found.groups()
        known = styles.get(tag, [])
        mark = " ~" if style is None and known else "" if style is None else f" ~{known.index(style)}"
        return f"<{tag}{attributes}{'' if mark == ' ~0' else mark}>"

    own = words.removesuffix(foot)
    return f"{title}\n\n{_STYLED.sub(short, own)}{'{foot}' if own != words else ''}\n"


def whole(file: str, frame: str) -> str:
    """The page that a letter's file and its frame say."""
    around, foot, styles = _read(frame)
    title, _, words = file.removesuffix("\n").partition("\n\n")

    def long(found: re.Match[str]) -> str:
        tag, attributes, mark = found.groups()
        style = None if mark == "~" else next(iter(styles.get(tag, [])[int((mark or "~0")[1:]) :]), None)
        return f"<{tag}{attributes}>" if style is None else f'<{tag}{attributes} style="{style}">'

    said = _SHORT.sub(long, words.removesuffix("{foot}")) + (foot if words.endswith("{foot}") else "")
    head, top, end = re.split(r"\{title\}|\{words\}", around)
    return f"{head}{title}{top}{said}{end}"


def _taken_apart(page: str) -> tuple[str, ...]:
    found = _PAGE.fullmatch(page)
    assert found is not None, "the page has another shape: see letter.html.j2 and notice.html.j2"
    return found.groups()


def _read(frame: str) -> tuple[str, str, dict[str, list[str]]]:
    around, foot, named = (part.partition("\n")[2] if nth else part for nth, part in enumerate(frame.split(_PARTS)))
    styles: dict[str, list[str]] = {}
    for line in named.splitlines():
        tag, _, style = line.partition(": ")
        styles.setdefault(tag, []).append(style)
    return around, foot, styles


if __name__ == "__main__":
    shipped = Templates([ROOT / "templates"])
    FRAMES.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        (GOLDEN / language).mkdir(parents=True, exist_ok=True)
        written = {name: rendered(shipped, language, name) for name in NAMES}
        for each in ("letter", "notice"):
            frame = frame_of(html for name, (_, html) in written.items() if kind(name) == each)
            (FRAMES / f"{language}.{each}.html").write_text(frame, "utf-8")
            for name, (text, html) in written.items():
                if kind(name) == each:
                    (GOLDEN / language / f"{name}.txt").write_text(text, "utf-8")
                    (GOLDEN / language / f"{name}.html").write_text(differing(html, frame), "utf-8")
    for language in TOGETHER:
        (GOLDEN / f"{language}.txt").write_text(told_together(shipped, language), "utf-8")
    for language in NOTICED:
        (GOLDEN / f"{language}-notices.txt").write_text(noticed_together(shipped, language), "utf-8")
