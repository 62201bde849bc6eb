"""The agreed words of every letter, as files: `python -m tests.unit.adapters.golden_letters` rewrites them."""

from pathlib import Path

from mailbot.adapters.letters.templates import NAMES, SAMPLES, Templates

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "golden" / "letters"
LANGUAGES = ("en", "de")
FILES = [(language, name) for language in LANGUAGES for name in NAMES]


def written(templates, language, name):
    """The text of every sample of a letter, and the HTML of the first."""
    letters = [
        templates.render(name, language=language, inbox="support", zone="Europe/Berlin", fields=sample)
        for sample in SAMPLES[name]
    ]
    texts = [f"Subject: {letter.subject}\n\n{letter.text}" if letter.subject else letter.text for letter in letters]
    return {f"{name}.txt": "\n========\n\n".join(texts), f"{name}.html": letters[0].html}


if __name__ == "__main__":
    shipped = Templates([ROOT / "templates"])
    for language, name in FILES:
        (GOLDEN / language).mkdir(parents=True, exist_ok=True)
        for file, words in written(shipped, language, name).items():
            (GOLDEN / language / file).write_text(words, "utf-8")
