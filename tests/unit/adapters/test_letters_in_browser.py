"""The letters in a real browser: at three widths, light and dark, they fit, can be read and tapped, and say what the text says."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest

from mailbot.adapters.letters.samples import SAMPLES
from mailbot.adapters.letters.templates import NAMES, Templates
from mailbot.core.model.brand import LIGHT_GROUND, Brand, readable
from tests.servers.chromium import chromium, run
from tests.unit.adapters.golden_letters import LANGUAGES, LETTERS, NOTICED, OTHERS, ROOT

__all__ = ["chromium"]

pytestmark = pytest.mark.slow

WIDTHS = (320, 600, 1200)
CONTRAST = 4.5  # WCAG 2.1 section 1.4.3
TAP = 44  # CSS pixels; WCAG 2.1 section 2.5.5
SMALLEST = 13  # CSS pixels
MEASURE = (Path(__file__).parent / "letters_in_browser.js").read_text("utf-8")


BRANDS = [
    Brand(
        colour=readable("#ffcc00", LIGHT_GROUND), line="Example Ltd · 1 Harbour Lane · example.com", logo_text="EXAMPLE"
    ),
    Brand(colour="#000000", line="Example Ltd"),
]
AGENTS = ("en", "de", "fr")  # the languages in which there are notices
IN_THE_DARK = ("en ", "ar ", "brand ", "ordinary ")  # how the names of those begin that are looked at in dark as well
FOLD = 640  # CSS pixels of a small phone
ORDINARY = {
    "tap": SAMPLES["reminder"][0]["tap"],
    "assignee": None,
    "left_out": [],
    "text": "Hello,\n\nI was charged twice for March, once on the 2nd and once on the 3rd.\nCould you look into it?\n\nAda",
}


def letters():
    """Each letter by language, name and sample, and some with a brand."""
    templates = Templates([ROOT / "templates"])
    names = {
        **dict.fromkeys(LANGUAGES, NAMES),
        **dict.fromkeys((*OTHERS, "de-du"), LETTERS),
        **dict.fromkeys(NOTICED, NAMES),
    }
    wanted = {
        f"{language} {name} {nth}": (name, language, sample)
        for language, each in names.items()
        for name in each
        for nth, sample in enumerate(SAMPLES[name])
    }
    for nth, brand in enumerate(BRANDS):
        wanted[f"brand {nth}"] = ("ack", "en", {**SAMPLES["ack"][0], "look": brand.look()})
    wanted |= {
        f"ordinary {language} {name}": (name, language, {**SAMPLES[name][0], **ORDINARY})
        for language in AGENTS
        for name in ("new", "followup", "reminder")
    }
    return {
        key: templates.render(name, language=language, inbox="support", zone="Europe/Berlin", fields=fields)
        for key, (name, language, fields) in wanted.items()
    }


def measured(program, folder, pages, *, dark):
    """What the browser says of each page, by its name."""
    sheet = folder / "letters.html"
    known = json.dumps(pages).replace("<", "\\u003c")  # no tag of a page may end the script
    sheet.write_text(
        '<!doctype html><meta charset="utf-8"><meta name="color-scheme" content="light dark">'
        f"<script>const WIDTHS = {list(WIDTHS)}, PAGES = {known};\n{MEASURE}</script>"
        '<body><iframe srcdoc="x" style="position: absolute; height: 800px; border: 0"></iframe></body>',
        "utf-8",
    )
    found = re.search(
        r'<pre id="found">(.*?)</pre>', run(program, folder, "--dump-dom", sheet.as_uri(), dark=dark), re.DOTALL
    )
    assert found is not None, "the browser did not come to the end of its page"
    return json.loads(unescape(found[1]))


@pytest.fixture(scope="module")
def written():
    return letters()


@pytest.fixture(scope="module", params=["light", "dark"])
def seen(request, chromium, written, tmp_path_factory):
    dark = request.param == "dark"
    # Colours are the same in all languages, and how wide words are is the same in all colours.
    pages = {name: letter.html for name, letter in written.items() if not dark or name.startswith(IN_THE_DARK)}
    found = measured(chromium, tmp_path_factory.mktemp("chromium"), pages, dark=dark)
    assert found.keys() == pages.keys()
    assert all(page["dark"] is dark for page in found.values())
    return found


def test_nothing_is_wider_than_the_screen(seen):
    assert [(name, page["wider"]) for name, page in seen.items() if page["wider"]] == []


def test_every_text_can_be_read(seen):
    assert [(name, *page["palest"]) for name, page in seen.items() if page["palest"][0] < CONTRAST] == []
    assert [(name, page["smallest"]) for name, page in seen.items() if page["smallest"] < SMALLEST] == []


def test_what_is_tapped_is_as_large_as_a_finger(seen):
    assert sum(len(page["taps"]) for page in seen.values()) > 30
    assert [(name, page["taps"]) for name, page in seen.items() if any(min(tap) < TAP for tap in page["taps"])] == []


def test_what_a_notice_is_for_stands_above_the_fold_of_a_small_phone(seen):
    """When an answer is due and who it is about, their first words, and all that one tap does."""
    ordinary = {name: page["fold"] for name, page in seen.items() if name.startswith("ordinary")}
    assert len(ordinary) == 9
    for name, fold in ordinary.items():
        assert fold["first"], f"{name}: something stands above what is due"
        assert fold["head"] < fold["who"] < fold["words"], name
        assert max(fold["words"], fold["taps"]) < FOLD, (name, fold)


def test_the_reader_sees_the_words_of_the_text(seen, written):
    for name, page in seen.items():
        assert bare(page["text"]) == bare(in_html(written[name].text)), name


def test_no_letter_weighs_much(written):
    assert max(len(letter.html.encode()) for letter in written.values()) < 60_000


def in_html(text):
    """The text without its own signs for links, quotes, lists, drafts and rules."""
    return re.sub(r"(?m)^(> ?|- |-- $|    |· · ·$)", "", re.sub(r"(?m): <mailto:[^>]+>$", "", text))


def bare(text):
    """Without space, and without the colon that a line of a table leaves out."""
    return re.sub(r"[\s:\uff1a\u2068\u2069]", "", text)


BAD = (
    '<div style="width: 400px">wide</div><p style="color: #999">pale</p><p style="font-size: 9px">small</p>'
    '<table class="tap"><tr><td><a href="mailto:a@b.example">tap</a></td></tr></table><p hidden>not seen</p>'
)


def test_what_is_bad_is_found(chromium, tmp_path):
    found = measured(chromium, tmp_path, {"bad": BAD, "good": "<p>good</p>"}, dark=False)
    assert found["good"] == {
        "dark": False, "wider": [], "palest": [21, "good"], "smallest": 16, "taps": [], "fold": None, "text": "good"
    }  # fmt: skip
    bad = found["bad"]
    assert [width for width, _ in bad["wider"]] == [320]
    assert bad["palest"][1] == "pale"
    assert bad["palest"][0] < 3
    assert bad["smallest"] == 9
    assert bad["taps"][0][1] < TAP
    assert "not seen" not in bad["text"]
