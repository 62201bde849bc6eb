"""What must hold for any text: nothing is invented, nothing raises, and the time grows with the length only."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.core.newtext import ANSWER_ABOVE, forwarded, new_text
from mailbot.core.quotes_html import html_text
from tests.core.test_newtext import EXAMPLES, mail, told

MARKS = [
    "", " ", "-- ", "--", "> quoted", ">> twice", ">", "On Tue, Mar 3, 2026 at 2:14 PM Ana <help@desk.example> wrote:",
    "On Tue, Mar 3, 2026 at 2:14 PM Ana <", "help@desk.example> wrote:", "-----Original Message-----", "________________",
    "From: Ana <help@desk.example>", "Sent: Tuesday, March 3, 2026", "To: Maja", "Subject: Lamp", "Regards, Maja",
    "---------- Forwarded message ---------", "Begin forwarded message:", "> Begin forwarded message:", ANSWER_ABOVE,
    f"> {ANSWER_ABOVE}", "Sent from my iPhone", "The lamp is broken.", "Thanks,", "Maja", "Am 3.3.2026 schrieb Ana:",
    "Yes.--- On 3/3/2026 2:14 PM, ana@desk.example wrote:", "Virus-free. www.example", "\ufdd0", "\ufdd1x", "\u202b", "İ:",
]  # fmt: skip
TEXTS = st.lists(st.one_of(st.sampled_from(MARKS), st.text(max_size=40)), max_size=25).map("\n".join)
TAGS = st.sampled_from([
    "<div>", "</div>", "<blockquote type=cite>", "</blockquote>", "<div class=gmail_quote>", "<div id=divRplyFwdMsg>", "x",
    "<div class=gmail_signature>", "<hr>", "<p>", "</p>", "<div class=moz-cite-prefix>Ana wrote:</div>", "<br>", "Yes",
    "<div id=appendonsend></div>", "<table><tr><td>", "</table>", "<!--", "-->", "<script>", "\ufdd2", "\ufdd3", "&nbsp;",
    "<div style='border:none;border-top:solid #E1E1E1 1.0pt'>", "<div class=yahoo_quoted>", ANSWER_ABOVE,
])  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(TEXTS, st.sampled_from(["Re: x", "Fwd: x", "x"]))
def test_every_new_line_is_a_line_of_the_text_in_order(text, subject):
    lines = iter(text.replace("\r\n", "\n").split("\n"))
    for new in new_text(mail(text, subject=subject)).split("\n"):
        if new:
            # One that runs on into a reply header ends there.
            assert any(line == new or (line.startswith(new) and "--" in line) for line in lines)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_nothing_raises(text, html):
    for content_type in ("text/plain", "text/html", "multipart/alternative"):
        incoming = mail(text, html=html, content_type=content_type)
        assert isinstance(new_text(incoming), str)
        forwarded(incoming)


@settings(max_examples=300, deadline=None)
@given(st.lists(TAGS, max_size=25).map("".join))
def test_html_leaves_no_signs_behind(html):
    got = new_text(mail("", html=html, content_type="text/html"))
    assert not re.search("[\ufdd0-\ufdd5]", got)


@given(
    st.lists(st.sampled_from(["The lamp is broken.", "It is the second one", "Please help", "", "Maja"]), max_size=12)
)
def test_plain_words_stay_as_they_are(lines):
    assert new_text(mail("\n".join(lines))) == "\n".join(lines).strip("\n")


@given(TEXTS)
def test_own_words_at_the_top_are_never_lost(text):
    assert new_text(mail(f"The lamp is broken.\n\n{text}")).startswith("The lamp is broken.")


CRAFTED = {
    "on": lambda n: "On" * n,
    "on with spaces": lambda n: "On " * n,
    "heads": lambda n: "On 3 Mar 2026, 14:14 <\n" * (n // 4),
    "quotes": lambda n: "> a\n" * n,
    "nested quotes": lambda n: ">" * n,
    "one long line": lambda n: "a b:@<(" * n,
    "blank lines": lambda n: "\n" * n,
    "header lines": lambda n: "From: a@b.example\n\n" * (n // 4),
    "dashes": lambda n: "-- \n" * n,
    "rules": lambda n: "____\n" * n,
    "interleaved": lambda n: "> q\nanswer\n\n" * (n // 2),
    "addresses": lambda n: ("a@" * 200 + "\n") * (n // 50),
    "brackets": lambda n: ("<a@b.c" * 70 + ":\n") * (n // 50),
    "dates": lambda n: ("1.1.1 " * 80 + ":\n") * (n // 50),
    "devices": lambda n: "Sent from my iPhone\n" * (n // 4),
    "markers": lambda n: f"> {ANSWER_ABOVE}\n" * (n // 4),
}


def seconds(text):
    best = float("inf")
    for _ in range(3):
        begun = time.process_time()
        new_text(mail(text))
        best = min(best, time.process_time() - begun)
    return best


@pytest.mark.parametrize("name", CRAFTED)
def test_twice_as_long_takes_at_most_three_times_as_long(name):
    once, twice = (seconds(CRAFTED[name](n)) for n in (12_000, 24_000))
    assert twice < max(3 * once, 0.02)
    assert twice < 2


@pytest.mark.parametrize(
    "tag", ["<div>", "<blockquote type=cite>", "<div class=gmail_quote>", "<div class=gmail_signature>"]
)
def test_deep_html_is_read(tag):
    assert "The lamp" in html_text("<p>The lamp</p>" + tag * 50_000 + "x")


def test_two_thousand_ordinary_mails_a_second():
    mails = [told(path)[0] for path in EXAMPLES if "html_" not in path.stem]
    for incoming in mails:
        new_text(incoming)
    begun = time.process_time()
    for incoming in mails:
        new_text(incoming)
    assert len(mails) / max(time.process_time() - begun, 1e-9) > 2_000
