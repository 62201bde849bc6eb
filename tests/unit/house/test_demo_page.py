"""The page that a demo leaves is harmless, whatever was in the mails it is made from."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest

from mailbot.adapters.store.views.lists import TicketPage
from mailbot.core.model.mail import Address, Kind
from mailbot.core.model.message import Author, Message
from mailbot.core.model.reason import why
from mailbot.core.model.ticket import Ticket
from mailbot.demo.page import write_page

EVIL = "</article><script>alert(1)</script><img src=http://evil.example/x onerror=alert(2)>\u202e\x1b[31m"
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


class Seen(HTMLParser):
    """Which tags and attributes a browser would find, and the text between them."""

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.attributes, self.text = [], set(), [], ""

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attributes]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def raw(subject, body, message_id):
    return (
        f"From: {EVIL!r} <eve@evil.example>\r\nTo: help@shop.example\r\nSubject: {subject}\r\n"
        f"Date: Mon, 02 Mar 2026 09:00:00 +0100\r\nMessage-ID: <{message_id}>\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"
    ).encode()


@pytest.fixture
def page(tmp_path):
    (tmp_path / "001-eve.eml").write_bytes(raw(EVIL, EVIL, "1@evil.example"))
    (tmp_path / "002-'onclick=x&quot;.eml").write_bytes(raw(EVIL, "of no ticket", "2@evil.example"))
    eve = Address(name=EVIL, address="eve@evil.example")
    ticket = Ticket(
        number=1,
        inbox="help",
        subject=EVIL,
        requester=eve,
        priority=3,
        why=why("account.told", words=EVIL),
        opened_at=NOW,
    )
    message = Message(
        id="m",
        ticket=1,
        inbound=1,
        content_key="k",
        message_id="1@evil.example",
        kind=Kind.PERSON,
        author=Author.MACHINE,
        from_=eve,
        subject=EVIL,
        date=NOW,
        received_at=NOW,
        new_text=EVIL,
        text=EVIL,
        note=why("note.told", words=EVIL),
    )
    given = TicketPage(ticket=ticket, messages=(message,), promises=(), events=(), outgoing=())
    return write_page(tmp_path, [given], ZoneInfo("Europe/Berlin"), {}).read_text("utf-8")


def test_customers_words_are_shown_and_are_no_markup(page):
    seen = Seen()
    seen.feed(page)
    assert seen.open == []
    assert not seen.tags & {"script", "img", "iframe", "link", "object", "form", "base"}
    assert not [name for name, _ in seen.attributes if name.startswith("on") or name == "src"]
    assert seen.text.count("<script>alert(1)</script>") >= 3  # subject, words, note: as they were written


def test_nothing_is_fetched_and_nothing_runs(page):
    seen = Seen()
    seen.feed(page)
    links = [value for name, value in seen.attributes if name == "href"]
    assert links
    assert all(re.fullmatch(r"#t1|00[12]-[A-Za-z0-9%.\-_]+\.eml", link) for link in links)
    assert "default-src 'none'" in page
    assert "url(" not in page
    assert "@import" not in page


def test_hazard_25_marks_that_turn_text_around_are_taken_out_of_a_page(page):
    assert "\u202e" not in page
    assert "\x1b" not in page


def test_a_mail_of_no_ticket_is_listed(page):
    assert "Of no ticket" in page
