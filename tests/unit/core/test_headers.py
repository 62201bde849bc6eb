"""Header values: the quick way for what nearly every mail has says what the general parsers say."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.core.intake.mime import headers
from tests.thorough import examples

BITS = [
    "Ana", '"', "<", ">", " ", ",", "@", "a@b.example", "<a@b.example>", '"Prado, Ana"', "O'Neil", "=?utf-8?q?Jos=C3=A9?=", ".", "(x)",
    ";", ":", "\\", "é", "  ", '"Ana" ', "Ana Prado ", "x@y", '"a@b" <c@d.example>', "-", "=?utf-8?b?w6k=?=", "[192.0.2.1]", "_", "\t",
]  # fmt: skip
MOMENTS = st.tuples(
    st.sampled_from(["", "Mon, ", "Tue, ", "mon, "]), st.integers(0, 33).map(str), st.sampled_from([" Feb", " Nov", " nov"]),
    st.sampled_from([" 2026", " 1999", " 1899", " 26"]), st.sampled_from([" 12:30:59", " 24:00:00", " 09:00:60", " 9:00", " 09:00"]),
    st.sampled_from([" +0100", " -0000", " +0545", " -1230", " +2460", " +9999", " GMT", ""]), st.sampled_from(["", " (CET)", "  (x (y))"]),
).map("".join)  # fmt: skip


@pytest.mark.slow
@settings(max_examples=examples(600), deadline=None)
@given(st.lists(st.sampled_from(BITS), max_size=6).map("".join))
def test_usual_mailboxes(value):
    quick = headers._usual_boxes(headers.unfold(value), None)
    if quick is not None and value.strip(" \t"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(headers, "_usual_boxes", lambda value, declared: None)
            assert headers.addresses(value) == (quick, ())


@settings(max_examples=examples(600), deadline=None)
@given(MOMENTS)
def test_usual_moments(value):
    quick = headers._usual_moment(value)
    if quick is not None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(headers, "_usual_moment", lambda value: None)
            general = headers.moment(value)
        assert (general, general.utcoffset()) == (quick, quick.utcoffset())


def test_the_usual_is_usual():
    assert headers._usual_boxes("Ana Prado <ana@customer.example>", None)
    assert headers._usual_boxes('"Prado, Ana" <ana@customer.example>', None)
    assert len(headers._usual_boxes("a@b.example, Ole <c@d.example>", None)) == 2
    assert headers._usual_moment("Mon, 2 Mar 2026 09:30:00 +0100")


@pytest.mark.parametrize(
    ("written", "minutes"),
    [("+0545", 345), ("+1245", 765), ("-0330", -210), ("+0530", 330), ("-0900", -540), ("+0845", 525), ("-0930", -570)],
)
@pytest.mark.parametrize(
    "shape", ["Mon, 2 Mar 2026 09:30:00 {}", "2 Mar 26 09:30 {}", "Mon,2 Mar 2026 09:30:00 {} (x y)"]
)
def test_every_offset_is_kept_to_the_minute(shape, written, minutes):
    assert headers.moment(shape.format(written)).utcoffset() == timedelta(minutes=minutes)


def test_parameters_cannot_be_changed_for_the_next_mail():
    _, params = headers.parameters("text/plain; charset=utf-8")
    with pytest.raises(TypeError):
        params["charset"] = "utf-7"


def test_hazard_30_a_name_longer_than_any_is_shown_by_its_beginning():
    (box,), _ = headers.addresses(f'"{"Ana " * 10_000}" <ana@prado.example>')
    assert box.address == "ana@prado.example"
    assert box.name is not None
    assert box.name.startswith("Ana Ana ")
    assert (len(box.name), box.name[-1]) == (300, "…")
