"""The tree of parts: what the standard library's parser makes of a mail, broken or whole, in a fraction of its time."""

from email.feedparser import BytesFeedParser
from email.message import Message
from email.policy import compat32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.core.intake.mime.tree import Part, ReadLimits, TooMuch, split
from tests.thorough import examples

LIMITS = ReadLimits(parts=10_000, depth=100)
LINES = st.lists(
    st.sampled_from([
        b"--b\r\n", b"--b--\r\n", b"--b \t\n", b"--c\r\n", b"--c--", b"--c--\n", b"--bx\r\n", b"x --b\r\n", b"--b\r", b"\r\n", b"\n", b"\r",
        b"Content-Type: multipart/mixed; boundary=b\r\n", b"Content-Type: multipart/mixed; boundary=c\n",
        b"Content-Type: multipart/alternative;\r\n boundary=\"c\"\r\n", b"Content-Type: multipart/mixed\r\n",
        b"Content-Type: multipart/mixed; boundary=b-\r\n", b"--b---\r\n", b"--b-\r\n",
        b"Content-Type: text/plain\r\n", b"Content-Transfer-Encoding: base64\r\n", b"Content-Transfer-Encoding: 8bit\r\n",
        b"Subject: a\r\n", b"Subject:\r\n b\r\n", b" folded\r\n", b"\tfolded\n", b": nameless\r\n", b"From ana Mon Mar  2\r\n", b"From: x\r\n",
        b"no header\r\n", b"words\xff\r\n", b"X-\xff: a\r\n", b"X-A: \xff\r\n", b" \r\n", b"end",
    ]),
    max_size=16,
).map(b"".join)  # fmt: skip


class Reference(Message):
    """The standard library's part, told to take message/* for leaves; type and boundary are read as we read them."""

    def get_content_type(self):
        kind = self._as_part().media_type
        return "application/octet-stream" if kind.startswith("message/") else kind

    def get_content_maintype(self):
        return self.get_content_type().partition("/")[0]

    def get_boundary(self, failobj=None):
        return self._as_part().boundary.decode("ascii") or failobj

    def _as_part(self):
        part = Part(self.get_default_type())
        for name, value in self.raw_items():
            part.add_field(name, value)
        return part


def by_the_library(raw):
    parser = BytesFeedParser(Reference, policy=compat32)
    parser.feed(raw)
    return told_of(parser.close())


def told_of(part):
    fields = [(name, value.strip()) for name, value in part.raw_items()]
    defects = sorted(type(each).__name__ for each in part.defects)
    if part.is_multipart():
        return (fields, defects, [told_of(each) for each in part.get_payload()])
    payload = part._payload
    return (fields, defects, payload.encode("ascii", "surrogateescape") if payload is not None else b"")


def told(part: Part):
    fields = [(name, value.strip()) for name, value in part.fields]
    return (fields, sorted(part.defects), [told(each) for each in part.children] if part.children else part.payload)


@pytest.mark.slow
@settings(max_examples=examples(1500), deadline=None)
@given(LINES)
def test_it_is_the_tree_that_the_library_finds(raw):
    assert told(split(raw, LIMITS)) == by_the_library(raw)


def test_parts_inside_parts():
    raw = (
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\npreamble\r\n--a\r\n"
        b"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b\r\nContent-Type: text/html\r\n\r\n"
        b"<p>one\r\n--b--\r\nepilogue\r\n--a\r\nContent-Type: image/png\r\n\r\nPNG\r\n\r\n--a--\r\n"
    )
    root = split(raw, LIMITS)
    inner, picture = root.children
    assert [each.payload for each in inner.children] == [b"one", b"<p>one"]
    assert (picture.media_type, picture.payload) == ("image/png", b"PNG\r\n")
    assert not root.defects


def test_an_enclosed_mail_is_a_leaf():
    raw = b"Content-Type: message/rfc822\r\n\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n"
    root = split(raw, LIMITS)
    assert not root.children
    assert root.payload.startswith(b"Content-Type: multipart/mixed")


def test_what_a_digest_holds_are_mails():
    raw = b"Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nSubject: a\r\n\r\nx\r\n--b--\r\n"
    assert [each.media_type for each in split(raw, LIMITS).children] == ["message/rfc822"]


def test_a_boundary_in_utf8():
    raw = "Content-Type: multipart/mixed; boundary=grün\r\n\r\n--grün\r\n\r\nx\r\n--grün--\r\n".encode()
    assert [each.payload for each in split(raw, LIMITS).children] == [b"x"]


@pytest.mark.parametrize("limits", [ReadLimits(parts=3), ReadLimits(depth=3)])
def test_limits(limits):
    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (each, each) for each in range(5)
    )
    with pytest.raises(TooMuch):
        split(nested, limits)
    many = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 5
    assert len(split(many, ReadLimits(depth=1)).children) == 5
