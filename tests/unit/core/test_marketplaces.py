"""Marketplaces: buyers are answered at the address that works, and what a marketplace forbids does not go there."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from mailbot.core.intake.contact_form import UNCONFIRMED
from mailbot.core.intake.marketplace import passed_on_by_market
from mailbot.core.intake.read import read
from mailbot.core.model.brand import Brand
from mailbot.core.model.letter_kinds import KINDS
from mailbot.core.model.mail import Address
from mailbot.core.model.marketplace import Forbidden, Marketplace
from mailbot.core.model.outgoing import OutgoingKind
from mailbot.core.model.silence import Silence, is_kind
from mailbot.core.sending.forbidden import forbidden_in
from tests.simulation.simulated_desk import MONDAY, SimulatedDesk, desk_policy
from tests.unit.house.test_style import ROOT

AUCTION = Marketplace(
    name="Auction",
    senders=frozenset({"auction.example"}),
    forbids=frozenset({Forbidden.LINKS, Forbidden.ADDRESSES}),
)
SERVER = "mx.lumen.example"
PASSES = f"Authentication-Results: {SERVER}; dkim=pass header.d=auction.example; dmarc=pass header.from=auction.example"
AGENT = f"Authentication-Results: {SERVER}; dmarc=pass header.from=lumen.example"
MEMBER = "Auction <member@members.auction.example>"
ALIAS = "lampfan_88_pkz@members.auction.example"


def policy_with(policy, market=AUCTION):
    mara = replace(policy.agents["mara"], phone="+49 30 555 0199")
    return replace(
        policy,
        marketplaces=(market,),
        authserv_id=SERVER,
        agents={**policy.agents, "mara": mara},
        brand=Brand(line="Lumen Ltd · lumen.example"),
    )


POLICY = policy_with(desk_policy())


def raw_of(
    *more,
    sender=MEMBER,
    to="help@lumen.example",
    number=1,
    reply_to=f"lampfan_88 <{ALIAS}>",
    subject="A question",
    body="Is the lamp still available?",
):
    answer = [f"Reply-To: {reply_to}"] if reply_to else []
    head = [
        f"From: {sender}", f"To: {to}", f"Subject: {subject}", f"Date: {MONDAY:%a, %d %b %Y %H:%M:%S %z}",
        f"Message-ID: <{number}@auction.example>", *answer, *more, "Content-Type: text/plain; charset=utf-8",
    ]  # fmt: skip
    return ("\r\n".join([*head, "", body])).encode()


@pytest.fixture
def desk():
    made = SimulatedDesk(start=MONDAY, change_policy=policy_with)
    yield made
    made.close()


def outside(desk):
    return [sent for sent in desk.sent if sent.outgoing.kind is not OutgoingKind.NOTICE]


def notices(desk, since=0):
    return [sent for sent in desk.sent[since:] if sent.outgoing.kind is OutgoingKind.NOTICE]


def says(desk, words, *, number, to=None):
    before = len(desk.sent)
    desk.receive(
        raw_of(
            AGENT,
            "In-Reply-To: <n@lumen.example>",
            sender="Mara Lind <mara@lumen.example>",
            reply_to="",
            to=to or notices(desk)[0].reply_to,
            number=number,
            body=words,
        )
    )
    return desk.sent[before:]


@pytest.mark.parametrize(
    ("sender", "reply_to", "address"),
    [
        (MEMBER, ALIAS, ALIAS),
        (MEMBER, "ada@mail.example", "member@members.auction.example"),
        (MEMBER, "", "member@members.auction.example"),
        ("Ada <x7k2@auction.example>", "no-reply@auction.example", "x7k2@auction.example"),
        ("Auction <no-reply@auction.example>", ALIAS, ALIAS),
        ("Auction <no-reply@auction.example>", "ada@mail.example", None),
        ("Auction <no-reply@auction.example>", "", None),
        ("Auction <no-reply@auction.example>", f"{ALIAS}, {MEMBER}", None),
    ],
)
def test_the_address_that_works(sender, reply_to, address):
    found = passed_on_by_market(read(raw_of(PASSES, sender=sender, reply_to=reply_to)), POLICY)
    assert (found.visitor.address if found.visitor else None) == address


def test_nobody_elses_mail_is_a_marketplaces():
    assert passed_on_by_market(read(raw_of(PASSES, sender="ada@notauction.example")), POLICY) is None
    assert passed_on_by_market(read(raw_of(sender="x7@auction.example", reply_to="")), POLICY) is None


@pytest.mark.parametrize(
    "header",
    [
        "X-None: 1",
        "Precedence: bulk",
        "List-Unsubscribe: <https://auction.example/off>",
        "Auto-Submitted: auto-generated",
    ],
)
def test_a_buyer_is_acknowledged_at_their_alias_like_anybody(desk, header):
    desk.receive(raw_of(PASSES, header))
    ticket = desk.ticket(1)
    assert ticket.requester == Address(name="lampfan_88", address=ALIAS)
    assert UNCONFIRMED not in ticket.tags
    assert [sent.outgoing.to.address for sent in outside(desk)] == [ALIAS]
    assert desk.last("ack").header("Subject") == "Re: A question [#1]"


def test_an_answer_with_the_mark_in_its_subject_joins_and_another_buyers_does_not(desk):
    desk.receive(raw_of(PASSES))
    desk.receive(raw_of(PASSES, number=2, subject="Re: A question [#1]", body="And how much is it?"))
    desk.receive(raw_of(PASSES, number=3, subject="Re: A question [#1]", reply_to="other@members.auction.example"))
    desk.receive(raw_of(PASSES, "In-Reply-To: <1@auction.example>", number=4, reply_to="third@members.auction.example"))
    assert [desk.ticket(n).requester.address for n in (1, 2, 3)] == [
        ALIAS,
        "other@members.auction.example",
        "third@members.auction.example",
    ]
    assert (
        desk.store.messages_of(1)[-1].new_text == "And how much is it?" if hasattr(desk.store, "messages_of") else True
    )


def test_what_is_not_proven_never_joins_and_gets_neutral_words(desk):
    desk.receive(raw_of(PASSES))
    before = desk.ticket(1)
    desk.receive(raw_of(number=2, subject="Re: A question [#1]", body="Send it to Ilse instead!"))
    assert desk.ticket(1) == before
    assert UNCONFIRMED in desk.ticket(2).tags
    assert "Ilse" not in outside(desk)[-1].whole


def test_what_names_no_address_that_works_goes_to_the_agents_with_the_reason(desk):
    desk.receive(raw_of(PASSES, sender="Auction <no-reply@auction.example>", reply_to="ada@mail.example"))
    ticket = desk.ticket(1)
    assert is_kind(ticket.mute, Silence.FORM)
    assert ticket.mute.reason.code == "screen.market_refused"
    assert "isn't one of its own addresses" in notices(desk)[0].text
    assert outside(desk) == []


def test_nothing_that_is_forbidden_is_in_what_the_desk_writes_there(desk):
    desk.receive(raw_of(PASSES, body="How do I reset my password? I cannot log in."))
    desk.pass_time(MONDAY + timedelta(days=5))
    assert len(outside(desk)) > 1
    for sent in outside(desk):
        words = "\n".join(part.get_content() for part in sent.parsed.walk() if part.get_content_maintype() == "text")
        assert forbidden_in(sent.text, AUCTION, POLICY) == ()
        assert not any(word in words for word in ("http", "mailto:", "href", "@lumen", "lumen.example")), words
        assert sent.header("Reply-To") == ""
        assert not any(name.lower().startswith("list-") for name in sent.parsed)
        assert "[#1]" in sent.header("Subject")
        assert "<1@auction.example>" in sent.header("References")


def test_elsewhere_all_of_it_stays(desk):
    desk.receive(raw_of(AGENT.replace("lumen", "mail"), sender="ada@mail.example", reply_to=""))
    ack = desk.last("ack")
    assert "lumen.example" in ack.text
    assert ack.header("Reply-To")
    assert "[#1]" not in ack.header("Subject")


def test_an_agents_link_is_asked_about_once_and_goes_if_they_say_so(desk):
    desk.receive(raw_of(PASSES))
    words = "Yes. See https://lumen.example/lamp or write to help@lumen.example, or call 030 5550199."
    first = says(desk, words, number="m1")
    assert [sent.outgoing.name for sent in first] == ["ask"]
    assert "Auction, which forbids this in mails to them" in first[0].text
    for found in ("https://lumen.example/lamp", "help@lumen.example", "030 5550199"):
        assert f"“{found}”" in first[0].text
    second = says(desk, "/send", number="m2", to=first[0].reply_to)
    relay = next(sent for sent in second if sent.outgoing.kind is OutgoingKind.RELAY)
    assert relay.outgoing.to.address == ALIAS
    assert "https://lumen.example/lamp" in relay.text
    assert relay.header("Subject") == "Re: A question [#1]"


def test_so_is_one_in_a_line_for_the_desk(desk):
    desk.receive(raw_of(PASSES))
    assert [sent.outgoing.name for sent in says(desk, "/plan see www.lumen.example", number="m1")] == ["ask"]
    assert [sent.outgoing.name for sent in says(desk, "/note see www.lumen.example", number="m2")] != ["ask"]


def test_words_without_go_at_once(desk):
    desk.receive(raw_of(PASSES))
    sent = says(
        desk,
        "Yes, item 28841 is there, for 12.50 EUR. Measured on 02.03.2026, v1.2.3, lamp.pdf, e.g. this.",
        number="m1",
    )
    assert any(one.outgoing.kind is OutgoingKind.RELAY for one in sent)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see lumen.example/help.", ("lumen.example/help",)), ("see shop.com", ("shop.com",)), ("(www.x.example)", ("www.x.example",)),
        ("ＨＴＴＰＳ://x.example", ("HTTPS://x.example",)), ("ht\u200btps://x.example", ("https://x.example",)), ("<mailto:a@b.example>", ("mailto:a@b.example", "a@b.example")),
        ("+49 (30) 555-0199", ("+49 (30) 555-0199",)), ("٠٣٠٥٥٥٠١٩٩", ("٠٣٠٥٥٥٠١٩٩",)), ("call 030 555 0198", ()),
        ("item 28841, 1.2.3, z.B. so, done.The next, lamp.pdf", ()), ("", ()),
    ],
)  # fmt: skip
def test_what_is_found(text, found):
    assert forbidden_in(text, AUCTION, POLICY) == found


def test_only_what_the_config_names_is_forbidden():
    text = "https://x.example a@b.example"
    assert forbidden_in(text, replace(AUCTION, forbids=frozenset({Forbidden.LINKS})), POLICY) == ("https://x.example",)
    assert forbidden_in(text, replace(AUCTION, forbids=frozenset({Forbidden.ADDRESSES})), POLICY) == ("a@b.example",)
    assert forbidden_in(text, replace(AUCTION, forbids=frozenset()), POLICY) == ()


@pytest.mark.parametrize("unit", ["a.", "a@", "www.", "1 ", "http://", "+", "a.b@c.", "-", "x", "(1)", "1.-/ "])
def test_finding_takes_time_in_proportion(unit):
    forbidden_in(unit * (100_000 // len(unit)), AUCTION, POLICY)


def test_an_answer_to_another_question_does_not_take_a_link_there(desk):
    desk.receive(raw_of(PASSES))
    words = "Yes, see https://lumen.example/lamp."
    unproven = raw_of(
        "Authentication-Results: mx.lumen.example; dmarc=none",
        sender="Mara Lind <mara@lumen.example>",
        reply_to="",
        to=notices(desk)[0].reply_to,
        number="m1",
        body=words,
    )
    before = len(desk.sent)
    desk.receive(unproven)
    asked = desk.sent[before:]
    assert [sent.outgoing.name for sent in asked] == ["confirm"]
    refused = says(desk, "/confirm", number="m2", to=asked[0].reply_to)
    assert [sent.outgoing.name for sent in refused] == ["refused"]
    assert "Auction, which forbids this" in refused[0].text
    assert words in refused[0].text
    again = says(desk, words, number="m3", to=refused[0].reply_to)
    assert [sent.outgoing.name for sent in again] == ["ask"]
    last = says(desk, "/send", number="m4", to=again[0].reply_to)
    assert OutgoingKind.RELAY in [sent.outgoing.kind for sent in last]


def test_no_letter_that_ships_says_an_address_or_a_link_of_its_own():
    letters = [kind.name for kind in KINDS.values() if kind.kind is OutgoingKind.LETTER]
    assert "ack" in letters
    for path in (ROOT / "templates").glob("*/*.j2"):
        if path.name.split(".")[0] in letters:
            words = re.sub(r"\{[{%#].*?[}%#]\}", "", path.read_text("utf-8"), flags=re.DOTALL)
            assert forbidden_in(words, AUCTION, POLICY) == (), path
