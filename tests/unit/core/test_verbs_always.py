"""What agents ask for at the top of a mail, for any mail whatever: obeyed or refused whole, and written as it was read."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mailbot.core.verbs.lines import is_blank
from mailbot.core.verbs.names import NAMES
from mailbot.core.verbs.parse import Asked, Refusal, parse_reply, write_reply
from tests.thorough import examples
from tests.unit.core.test_verbs import asked

lines = st.one_of(
    st.text(max_size=30),
    st.builds(
        "{}{}{}{}".format,
        st.sampled_from(["/", "#", "!", "／", " /", "//", "\\", "*/", "“/", "", "/ ", "\u200b/"]),
        st.sampled_from([*NAMES, "ntoe", "prio", "p2", "p9", "foo", "etc", "NOTE", "close", "take/it", "Dear Kim"]),
        st.sampled_from(["", ":", "*", "”", "\u00a0", "."]),
        st.sampled_from(
            ["", " 2", " customer 3d", " quietly", " third-party X", " /take", " /foo bar", " x y", "  “fri”", " \t"]
        ),
    ),
    st.sampled_from(["", " ", "\u00a0", "Dear Kim,", "# Plan"]),
)
mails = st.lists(lines, max_size=7).map("\n".join)


@settings(max_examples=examples(400))
@given(st.one_of(mails, st.text()))
def test_any_mail_is_understood_or_refused_with_reason_line_and_draft(text):
    result = parse_reply(text)
    if isinstance(result, Refusal):
        assert result.reason
        assert result.line
        assert result.line in text
        assert result.draft
        assert result.draft != text.strip()
    else:
        assert all(v.name in NAMES for v in result.verbs)
        assert len({v.name for v in result.verbs}) == len(result.verbs)
        assert not (result.prose and any(v.name == "note" for v in result.verbs))


@settings(max_examples=examples(400))
@given(mails)
@example("/note /foo bar\n\nb")
@example("/reply /etc is full")
def test_what_was_asked_can_be_written_and_asked_again(text):
    result = parse_reply(text)
    if isinstance(result, Asked):
        assert parse_reply(write_reply(result)) == result


@settings(max_examples=examples(400))
@given(mails)
def test_a_draft_without_a_gap_to_fill_is_right(text):
    result = parse_reply(text)
    if isinstance(result, Refusal) and not any(
        word in result.draft.split() for word in ("N", "NAME", "WHEN", "TEXT", "DURATION", "ADDRESS", "PLACE")
    ):
        assert isinstance(parse_reply(result.draft), Asked), result


words_only = st.lists(
    st.text(st.characters(codec="utf-8", exclude_characters="\n\r/#!\\／⁄∕＃﹟！﹗＼"), max_size=40), max_size=8
)


@given(words_only)
def test_prose_without_verbs_comes_back_unchanged(written):
    kept = list(written)
    while kept and is_blank(kept[0]):
        kept.pop(0)
    while kept and is_blank(kept[-1]):
        kept.pop()
    assert parse_reply("\n".join(written)) == Asked(verbs=(), prose="\n".join(kept))


@given(words_only, st.sampled_from(["/etc/hosts", "#1", "!!!", "# Heading", "/usr/bin:", "!wow", "#support"]))
def test_paths_headings_and_exclamations_in_prose_come_back_unchanged(written, line):
    text = "\n".join(["Dear Kim, this is what we found:", *written, line, *written, "Anna"])
    assert parse_reply(text) == Asked(verbs=(), prose=text)


@given(st.lists(st.sampled_from(["/take", "/p 2", "/promise fri 14:00", "/plan x"]), unique=True), words_only)
def test_verbs_take_nothing_from_the_words_below(block, written):
    text = "\n".join(["Dear Kim,", *written, "Anna"])
    result = asked("\n".join([*block, "", text]))
    assert result.prose == text
    assert len(result.verbs) == len(block)


@pytest.mark.slow
def test_a_huge_mail_is_read_at_once():
    for text in (
        "/x" * 500_000,
        "*" * 500_000,
        "/" * 500_000,
        "x\n" * 100_000,
        "x\n/resolve\n" * 5_000,
        " \u200b" * 200_000,
        "/take\n" * 20_000,
    ):
        parse_reply(text)
