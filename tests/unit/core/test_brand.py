"""The brand of a desk: checked as it is read, shown in each letter to customers, and nobody's file when it comes back."""

from __future__ import annotations

import re
import struct
import zlib
from contextlib import suppress
from dataclasses import replace
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.adapters.letters.samples import SAMPLES
from mailbot.adapters.letters.templates import NAMES, Templates
from mailbot.config import policy_of
from mailbot.core.model.brand import (
    DARK_GROUND,
    ENOUGH,
    LARGEST_LOGO,
    LIGHT_GROUND,
    Brand,
    colour_of,
    contrast,
    logo_of,
    readable,
)
from mailbot.core.model.letter_kinds import KINDS, Audience
from tests.simulation.simulated_desk import SimulatedDesk, mail
from tests.unit.adapters.golden_letters import ROOT
from tests.unit.house.test_config import PLAIN, changed, load, problems

LETTERS = Templates([ROOT / "templates"])
GREEN = "#0b6e4f"
COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)
ANNA = "Anna Keller <anna@atelier.example>"
BROKEN = "The export fails with an error at 80 % since this morning."


def png(width=4, height=2, padding=0):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + b"\x40" * width for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"") + b"\0" * padding


JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xc0\x00\x11\x08\x00\x28\x00\xa0\x03"
BRAND = Brand(colour=GREEN, line="Lumen Ltd · 1 Harbour Lane", logo=logo_of(png(400, 100)))


# --- colours and pictures


@given(COLOURS, st.sampled_from([LIGHT_GROUND, DARK_GROUND]))
def test_a_shade_that_can_be_read_is_found_for_each_colour(colour, ground):
    shade = readable(colour, ground)
    assert contrast(shade, ground) >= ENOUGH
    assert shade == colour or contrast(colour, ground) < ENOUGH


@given(COLOURS)
def test_a_colour_is_taken_if_it_can_be_read_and_else_another_is_named_that_is_taken(colour):
    try:
        assert colour_of(colour.upper()) == colour
    except ValueError as problem:
        better = re.findall(r'"(#[0-9a-f]{6})"', str(problem))[-1]
        assert colour_of(better) == better
        assert contrast(colour, LIGHT_GROUND) < ENOUGH
    else:
        assert contrast(colour, LIGHT_GROUND) >= ENOUGH


def test_black_on_white_has_all_the_contrast_there_is():
    assert round(contrast("#000000", "#ffffff"), 5) == 21
    assert contrast("#777777", "#ffffff") < ENOUGH < contrast("#767676", "#ffffff")
    assert colour_of("#047") == "#004477"


@pytest.mark.parametrize(
    ("data", "type_", "size", "shown"),
    [
        (png(400, 100), "image/png", (400, 100), (160, 40)),
        (png(), "image/png", (4, 2), (4, 2)),
        (png(1000, 50), "image/png", (1000, 50), (200, 10)),
        (b"GIF89a\x20\x00\x10\x00", "image/gif", (32, 16), (32, 16)),
        (JPEG, "image/jpeg", (160, 40), (160, 40)),
    ],
)
def test_pictures_that_mail_programs_show(data, type_, size, shown):
    logo = logo_of(data)
    assert (logo.type, (logo.width, logo.height), logo.shown) == (type_, size, shown)


@pytest.mark.parametrize(
    "data",
    [b"", b"<svg/>", b"\x89PNG\r\n\x1a\n", png(0, 5), JPEG[:-8], b"\xff\xd8\xff\xe0\x00\x00", png(padding=20_000)],
)
def test_other_pictures_are_refused(data):
    with pytest.raises(ValueError, match=r"is no PNG|without any|make it smaller than 20,000"):
        logo_of(data)


@given(st.binary(max_size=60))
def test_no_bytes_raise_anything_else(data):
    for start in (b"", b"\xff\xd8", b"GIF89a", b"\x89PNG\r\n\x1a\n"):
        with suppress(ValueError):
            logo_of(start + data)


# --- the config


def test_one_line_of_the_config_says_it(tmp_path):
    (tmp_path / "logo.png").write_bytes(png(400, 100))
    line = f'brand = {{ colour = "{GREEN}", line = "Lumen Ltd · 1 Harbour Lane", logo = "logo.png" }}'
    assert policy_of(load(tmp_path, changed("desk", line)), frozenset()).brand == BRAND
    text = policy_of(load(tmp_path, changed("desk", 'brand = { logo = "LUMEN" }')), frozenset()).brand
    assert text == Brand(logo_text="LUMEN")
    assert policy_of(load(tmp_path), frozenset()).brand == Brand()


@pytest.mark.parametrize(
    ("line", "key", "said"),
    [
        (
            '{ colour = "#fc0" }',
            "colour",
            "too pale to read on white: its contrast is 1.5, and text needs 4.5; take a darker",
        ),
        ('{ colour = "green" }', "colour", 'is not a colour such as "#1a5fb4"'),
        ('{ logo = "gone.png" }', "logo", "gone.png cannot be read: No such file"),
        ('{ logo = "big.png" }', "logo", "big.png is 2"),
        ('{ logo = "logo.svg" }', "logo", "logo.svg is no PNG, JPEG or GIF"),
        (f'{{ logo = "{"x" * 41}" }}', "logo", "at most 40 characters"),
        ('{ line = "a\\nb" }', "line", ""),
        ('{ color = "#000" }', "color", "colour"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, line, key, said):
    (tmp_path / "big.png").write_bytes(png(padding=LARGEST_LOGO))
    (tmp_path / "logo.svg").write_text("<svg/>")
    found = problems(tmp_path, changed("desk", f"brand = {line}", PLAIN))
    assert list(found) == [f"desk.brand.{key}"]
    assert said in found[f"desk.brand.{key}"]


# --- the letters


@pytest.mark.parametrize("name", NAMES)
def test_letters_to_customers_show_it_and_notices_do_not(name):
    fields = SAMPLES[name][0]
    plain, shown = (
        LETTERS.render(name, language="en", inbox="support", zone="Europe/Berlin", fields={**fields, **more})
        for more in ({}, {"look": BRAND.look("cid:1@lumen.example")})
    )
    if KINDS[name].audience is not Audience.CUSTOMER:
        assert shown == plain
        return
    assert shown.text == f"{plain.text}{BRAND.line}\n"
    picture = re.search(r"<img [^>]*>", shown.html)[0]
    wanted = {"src": "cid:1@lumen.example", "alt": "Example Support", "width": "160", "height": "40"}
    assert wanted.items() <= dict(re.findall(r'(\w+)="([^"]*)"', picture)).items()
    assert BRAND.line in shown.html
    assert all(f"color: {GREEN};" in link for link in re.findall(r"<a [^>]*>", shown.html))
    assert f"a, .logo {{ color: {BRAND.dark} !important; }}" in shown.html


def test_a_logo_of_text_stands_in_both_parts():
    look = Brand(logo_text="<LUMEN>", line="1 < 2").look()
    made = LETTERS.render(
        "ack", language="de", inbox="support", zone="Europe/Berlin", fields={**SAMPLES["ack"][0], "look": look}
    )
    assert made.text.endswith("\n<LUMEN>\n1 < 2\n")
    assert "&lt;LUMEN&gt;</strong><br>1 &lt; 2</p>" in made.html
    assert "<img" not in made.html


@pytest.fixture
def desk():
    made = SimulatedDesk(change_policy=lambda policy: replace(policy, brand=BRAND))
    yield made
    made.close()


def test_the_picture_goes_along_inside_the_letter_and_comes_back_as_nobodys_file(desk):
    desk.receive(mail(ANNA, BROKEN, at=desk.clock.now()))
    ack = desk.last("ack").parsed
    parts = {part.get_content_type(): part for part in ack.walk()}
    picture, html = parts["image/png"], parts["text/html"].get_content()
    assert picture.get_content() == BRAND.logo.data
    assert picture.get_content_disposition() == "inline"
    assert f'src="cid:{picture["Content-ID"].strip("<>")}"' in html
    assert "image/png" not in {part.get_content_type() for part in desk.last("new").parsed.walk()}

    back = EmailMessage()
    back["From"], back["To"], back["Subject"] = ANNA, desk.last("ack").reply_to, "Re: export"
    back["Date"], back["Message-ID"] = desk.clock.now(), "<back@atelier.example>"
    back.set_content("It is version 9.")
    back.add_alternative(f"<p>It is version 9.</p><blockquote type=cite>{html}</blockquote>", subtype="html")
    related = back.get_payload()[1]
    related.add_related(BRAND.logo.data, "image", "png", cid=picture["Content-ID"], filename="logo.png")
    before = len(desk.sent)
    desk.receive(back.as_bytes())
    told = [sent for sent in desk.sent[before:] if sent.outgoing.name == "followup"]
    assert told
    assert all("logo.png" not in sent.whole for sent in told)
    assert all("It is version 9." in sent.text for sent in told)
