"""Makes labelled mails from phrases of ten languages: `python -m tests.corpora.learned.maker` says how alike they are.

`words/LANGUAGE.toml` holds twenty trades (`name|their things|their people`), greetings, endings, and what people write, by
kind. Every other phrase of a kind is one of hand B, so that a model can be judged on words that it has not seen.
"""

from __future__ import annotations

import random
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

WORDS = Path(__file__).parent / "words"
NONE = 6  # an office matter: none of the five
LEVELS = {"outage": 1, "danger": 1, "money": 2, "problem": 3, "howto": 4, "feedback": 5}
OF_A_TRADE = {"outage": 3, "danger": 2, "money": 3, "problem": 3, "howto": 3, "feedback": 2, "office": 2}
NAMES = ("Robin Vale", "M. Sorel", "Ida K.", "T. Brandt", "Lea", "Jan Meer", "A. Costa", "Nora")
AMOUNTS = ("48,90 €", "€ 120", "36.50", "312 EUR", "79", "15,-")
_ONE_IN = 4


@dataclass(frozen=True, slots=True)
class Made:
    """One mail: `level` 1 to 5, or 6 for an office matter; `hand` A or B says by whom its phrase is, `phrase` which."""

    language: str
    trade: str
    level: int
    kind: str
    hand: str
    phrase: str
    subject: str
    text: str


def made(seed: int = 13) -> list[Made]:
    """All mails, the same at every call: ten languages, twenty trades, every kind."""
    return [mail for path in sorted(WORDS.glob("*.toml")) for mail in _of_language(path, random.Random(seed))]


def _of_language(path: Path, dice: random.Random) -> Iterator[Made]:
    words = tomllib.loads(path.read_text("utf-8"))
    kinds: dict[str, list[tuple[str, str]]] = {}
    for kind, phrases in words["kinds"].items():
        kinds.setdefault(kind.partition(".")[0], []).extend((kind, phrase) for phrase in phrases)
    turn = dict.fromkeys(kinds, 0)
    for row in words["trades"]:
        trade, things, people = row.split("|")
        for kind, count in OF_A_TRADE.items():
            for _ in range(count):  # in turn, so that no phrase comes much oftener than another
                place = turn[kind] % len(kinds[kind])
                turn[kind] += 1
                name, phrase = kinds[kind][place]
                said = _filled(phrase, things, people, dice)
                opener, closer = dice.choice(words["openers"]), _filled(dice.choice(words["closers"]), "", "", dice)
                text = _by_hand("\n".join(filter(None, (opener, said))), dice)
                yield Made(
                    language=path.stem,
                    trade=trade,
                    level=LEVELS.get(kind, NONE),
                    kind=name,
                    hand="AB"[place % 2],
                    phrase=phrase,
                    subject=dice.choice(("", things, " ".join(said.split()[:4])[:40])),
                    text="\n".join(filter(None, (text, closer))),
                )


def _filled(phrase: str, things: str, people: str, dice: random.Random) -> str:
    number, hour = str(dice.randint(3, 28)), f"{dice.randint(6, 17)}:{dice.choice(('05', '10', '40'))}"
    fills = {"T": things, "P": people, "n": number, "h": hour, "a": dice.choice(AMOUNTS), "who": dice.choice(NAMES)}
    for name, value in fills.items():
        phrase = phrase.replace("{" + name + "}", value)
    return phrase[:1].upper() + phrase[1:] if phrase[:1] == phrase[:1].lower() and dice.random() < 0.5 else phrase


def _by_hand(text: str, dice: random.Random) -> str:
    """As people type: some shout, some use no capitals, some lose a letter."""
    match dice.randrange(3 * _ONE_IN):
        case 0:
            return text.upper()
        case 1:
            return text.lower()
        case 2 if len(text) > 20:
            at = dice.randrange(10, len(text) - 5)
            return text[:at] + text[at + 1 :]
        case 3:
            return text + "!!"
    return text


def shingles(text: str) -> frozenset[str]:
    """Five letters in a row, of the text without spaces and figures: fits languages without spaces, too."""
    bare = "".join(c for c in text.lower() if c.isalpha())
    return frozenset(bare[n : n + 5] for n in range(max(len(bare) - 4, 1)))


def nearest(mails: list[Made]) -> list[float]:
    """Of each mail, the share of shingles that the most similar other of its language has as well (of both together)."""
    sets = [shingles(mail.text) for mail in mails]
    owners: dict[str, list[int]] = {}
    for number, found in enumerate(sets):
        for one in found:
            owners.setdefault(f"{mails[number].language}{one}", []).append(number)
    out: list[float] = []
    for number, found in enumerate(sets):
        shared: dict[int, int] = {}
        for one in found:
            for other in owners[f"{mails[number].language}{one}"]:
                shared[other] = shared.get(other, 0) + 1
        del shared[number]
        out.append(max((n / (len(found) + len(sets[o]) - n) for o, n in shared.items()), default=0.0))
    return out


def main() -> None:
    """Say how many there are, and how alike."""
    mails = made()
    near = sorted(nearest(mails))
    alike = sum(share > 0.8 for share in near)
    sys.stdout.write(
        f"{len(mails)} mails of {len({m.phrase for m in mails})} phrases, {len({m.text for m in mails})} different texts\n"
        f"the most similar other mail shares {near[len(near) // 2]:.2f} of the shingles (median); above 0.8: {alike}\n"
    )


if __name__ == "__main__":
    main()
