"""The pages of letters and notices as mail programs show them: direction, hidden first line, contrast, links, tables."""

from __future__ import annotations

import re

import pytest

from mailbot.adapters.letters.preheader import preheader_of
from mailbot.adapters.letters.samples import SAMPLES
from mailbot.adapters.letters.templates import NAMES, Templates
from mailbot.core.model.letter_kinds import KINDS, Audience
from tests.unit.adapters.golden_letters import LANGUAGES, ROOT

SHIPPED = Templates([ROOT / "templates"])
WHITE, DARK = "#ffffff", "#2b2b2b"  # the darkest that mail programs make of a light page is darker
ENOUGH = 4.5  # WCAG 2.1 section 1.4.3, for text of this size


def page(name, language, fields):
    return SHIPPED.render(name, language=language, inbox="support", zone="Europe/Berlin", fields=fields).html


EVERY = [(language, name) for language in LANGUAGES for name in NAMES]


@pytest.mark.parametrize(("language", "name"), EVERY)
def test_a_page_is_built_for_every_mail_program(language, name):
    for fields in SAMPLES[name]:
        html = page(name, language, fields)
        assert re.search(rf'<div class="letter[^"]*" dir="ltr" lang="{language}"', html), "webmail drops <html>"
        assert "<th" not in html
        assert all('role="presentation"' in table for table in re.findall(r"<table[^>]*>", html))
        assert all('dir="auto"' in quote for quote in re.findall(r"<blockquote[^>]*>", html))
        assert all("underline" in link for link in re.findall(r"<a [^>]*>", html))
        assert all("font-family" in cell and "font-size" in cell for cell in re.findall(r"<td[^>]*>", html))
        assert not re.search(r"<(img|script|link|form|iframe)\b", html)
        # Outlook's Word lays out the padding of cells alone
        assert re.search(
            r'<!--\[if mso\]><table role="presentation" width="620".*?<td style="padding: 20px 16px;', html
        )
        assert "<!--[if mso]></td></tr></table><![endif]-->" in html
        assert html.count('class="tap"') == len(re.findall(r"<td [^>]*mso-padding-alt: 11px 12px;[^>]*><a ", html))
        assert len(html.encode()) < 60_000


@pytest.mark.parametrize(("language", "name"), EVERY)
def test_a_page_begins_with_its_one_fact_hidden_and_a_notice_goes_on_with_its_mark(language, name):
    outside = KINDS[name].audience is Audience.CUSTOMER
    for fields in SAMPLES[name]:
        html = page(name, language, fields)
        hidden = re.search(
            r'<div class="preheader" style="display: none;[^"]*mso-hide: all;">([^<]+)</div>\s*(<p class="mark" aria-hidden)?',
            html,
        )
        shown = outside or bool(fields.get("ticket")) or name in ("morning", "evening") or bool(fields.get("first_due"))
        assert (hidden is not None) is shown, "what is about no ticket has a subject, and a page of a day more to tell"
        assert hidden is None or (hidden[2] is None) is outside


@pytest.mark.parametrize(("language", "name"), EVERY)
def test_every_text_stands_out_in_both_schemes(language, name):
    html = page(name, language, SAMPLES[name][0])
    shown = html.partition("<body")[2]
    for colour in set(re.findall(r"(?<![-\w])color: (#[0-9a-f]{6})", shown)):
        assert contrast(colour, WHITE) >= ENOUGH, colour
    dark = re.search(r"prefers-color-scheme: ?dark\) ?\{(.*)\}\s*</style>", html, re.DOTALL)
    assert dark is not None
    for colour in set(re.findall(r"(?<![-\w])color: (#[0-9a-f]{6})", dark[1])):
        assert contrast(colour, DARK) >= ENOUGH, colour


def contrast(one, other):
    """The contrast of two colours (WCAG 2.1, relative luminance)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("words", "said", "fact"),
    [
        ("Hello Nora,\n\nThanks. It's here.\n\nYou'll hear from us by 14:00 CET.\n\n-- \nShop", ["14:00 CET"],
         "You'll hear from us by 14:00 CET."),
        ("Hello Nora,\n\nWe think this is solved. If it isn't, reply.\n\n-- \nShop", [],
         "We think this is solved. If it isn't, reply."),
        ("Hello Nora,\n\nWe marked this as solved some days ago. Is it? Tell us.\n\n-- \nShop", [],
         "We marked this as solved some days ago. Is it?"),
        ("Hello Nora,\n\nThanks.\n\nMore follows.\n\n-- \nShop", [], "Thanks."),
        ("Guten Tag Nora,\n\nes geht um 14:00 weiter.\n\n-- \nShop", ["14:00"], "Es geht um 14:00 weiter."),
        ("Hello Nora,\n\nit is mended. Try again.\n\nMara\n\n· · ·\n\nNext update: by 14:00 CET\n\n-- \nShop", ["14:00 CET"],
         "it is mended."),
        ("Noted.\n\n-- \nShop", [], "Noted."),
        ("", [], ""),
    ],
)  # fmt: skip
def test_the_one_fact_is_when_they_hear_next_else_what_is_said_first(words, said, fact):
    assert preheader_of(words, said) == fact


def test_what_was_asked_comes_before_when_they_hear_if_the_letter_says_it():
    words = (
        "Hello Nora,\n\nWe asked you: “Which bank\nis it? Since when?”\n\nElse we close this by 14:00 CET.\n\n-- \nShop"
    )
    assert preheader_of(words, ["14:00 CET"], "Which bank is it?\nSince when?") == "Which bank is it? Since when?"
    assert preheader_of(words, ["14:00 CET"], "Which bank was it?") == "Else we close this by 14:00 CET."
    assert preheader_of(words.replace("bank", "b" * 150), [], "Which " + "b" * 150).endswith("…")
