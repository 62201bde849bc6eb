"""One tap on a link in a notice does what typing the line would do: parsed as a phone does, played on a whole desk."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.adapters.letters.html import tap_line, words_to_html
from mailbot.core.actions.stale_take import taken_meanwhile
from mailbot.core.intake.tokens import masked
from mailbot.core.letters.reply_links import mailto
from mailbot.core.model.reason import why
from mailbot.core.model.ticket import TicketState
from mailbot.core.verbs.parse import parse_reply
from tests.contract.made import ticket as made
from tests.simulation.simulated_desk import BERLIN, JOOST, MARA, MONDAY, SimulatedDesk, mail, shipped

ANNA = "Anna Keller <anna@atelier.example>"
BROKEN = "The export fails with an error at 80 % since this morning."
NAMED = "/promise tomorrow 10:00\n\nHello Anna,\n\nwe look into it. I'll write this afternoon.\n\nMara"
MARAS, JOOSTS = "Mara Lind <mara@lumen.example>", "Joost Baker <joost@lumen.example>"
SIGNED_BY_PHONES = ["", "\n\nSent from my iPhone", "\n\n-- \nMara Lind\nLumen", "\n\nVon meinem iPhone gesendet"]


def opened(link):
    """The mail that a client opens for a `mailto:` link (RFC 6068): address, header fields and text."""
    parts = urlsplit(link)
    assert parts.scheme == "mailto"
    fields = dict(one.split("=", 1) for one in parts.query.split("&"))
    assert re.fullmatch(r"[A-Za-z0-9._~%@&=?:-]+", link), "RFC 6068 section 2: whatever else must be encoded"
    return unquote(parts.path), {name: unquote(value) for name, value in fields.items()}


def link_of(sent):
    """The link in a notice, the same in its text and its HTML."""
    page = sent.parsed.get_body(preferencelist=("html",)).get_content()
    links = [unescape(found) for found in re.findall(r'href="(mailto:[^"]*)"', page)]
    assert re.findall(r"<(mailto:[^>]+)>", sent.text) == links
    return links[0]  # of a question, the first answer


@pytest.fixture
def desk_with():
    made = []

    def make(**changes):
        made.append(SimulatedDesk(change_policy=lambda policy: replace(policy, **changes)))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def desk(desk_with):
    return desk_with()


def writes(desk, text=BROKEN):
    return desk.receive(mail(ANNA, text, at=desk.clock.now()))[-1]


def answers(desk, text, *, of="new", to="mara", sender=MARAS):
    notice = desk.last(of, to)
    return desk.receive(mail(sender, text, at=desk.clock.now(), to=notice.reply_to, subject="Re: notice"))[-1]


def tap(desk, name, *, to="mara", sender=MARAS, signature="", **headers):
    address, fields = opened(link_of(desk.last(name, to)))
    text = fields["body"] + signature
    raw = mail(sender, text, at=desk.clock.now(), to=address, subject=fields["subject"], **headers)
    return desk.receive(raw)[-1]


@pytest.mark.slow
@pytest.mark.parametrize("signature", SIGNED_BY_PHONES)
def test_a_time_in_prose_beside_another_promise_is_promised_by_one_tap(desk, signature):
    writes(desk)
    assert answers(desk, NAMED).outcome == "held"
    before = desk.promise()
    since = len(desk.sent)
    assert tap(desk, "ask", signature=signature).outcome == "relayed"
    promise = desk.promise()
    assert promise.due.astimezone(BERLIN) == MONDAY.replace(hour=17)
    assert (promise.made_by, promise.agent) == ("relay", "mara")
    assert promise.id != before.id
    assert desk.names(since) == ["relay"], "the customer is told the time, and nothing that the phone put below"
    assert "17:00 CET today" in desk.last("relay").text
    assert "iPhone" not in desk.last("relay").text


def told(desk, since, to="mara"):
    """The one notice that was sent, to an address with `to` in it, in one line."""
    (sent,) = desk.sent[since:]
    assert (sent.outgoing.name, to in sent.outgoing.to.address) == ("refused", True)
    return " ".join(sent.text.split())


def test_hazard_38_a_second_tap_does_nothing_and_its_owner_is_told(desk):
    writes(desk)
    tap(desk, "new")
    answers(desk, "/release")
    since = len(desk.sent)
    assert tap(desk, "new").outcome == "refused"
    assert "that link was used before (/take)" in told(desk, since)
    assert desk.ticket().assignee is None
    since = len(desk.sent)
    assert tap(desk, "new").outcome == "refused"
    assert "used before" in told(desk, since), "as often as they try"


def test_hazard_38_the_same_mail_in_two_inboxes_is_one_tap(desk):
    writes(desk)
    address, fields = opened(link_of(desk.last("new", "mara")))
    raw = mail(MARAS, fields["body"], at=MONDAY, to=address, subject=fields["subject"])
    assert desk.receive(raw)[-1].outcome == "done"
    since = len(desk.sent)
    assert desk.receive(raw, "billing")[-1].outcome == "logged"
    assert desk.names(since) == []


def test_hazard_38_the_same_line_counts_from_the_next_notice(desk):
    writes(desk)
    assert tap(desk, "new").outcome == "done"
    answers(desk, "/release")
    desk.pass_time(MONDAY.replace(hour=11, minute=30))
    assert tap(desk, "reminder").outcome == "done"
    assert desk.ticket().assignee == "mara"


@pytest.mark.slow
@pytest.mark.parametrize(
    "sender", [JOOSTS, ANNA, "Mara Lind <mara@lumen.example.evil.example>", "Eve <eve@evil.example>"]
)
@pytest.mark.parametrize("vouched", [True, False])
def test_hazard_38_a_link_that_somebody_else_uses_does_nothing_and_its_owner_is_told(desk_with, sender, vouched):
    desk = desk_with(authserv_id="mx.lumen.example" if vouched else None)
    domain = sender.rpartition("@")[2].rstrip(">")
    results = f"mx.lumen.example; dmarc=pass header.from={domain}; dkim=pass header.d={domain}"
    raw = mail(ANNA, BROKEN, at=MONDAY)
    desk.receive(raw)
    ticket, promise, since = desk.ticket(), desk.promise(), len(desk.sent)
    decision = tap(desk, "new", sender=sender, Authentication_Results=results)
    assert decision.outcome == "refused"
    own = [sent for sent in desk.sent[since:] if "mara@" in sent.outgoing.to.address]
    assert len(own) == 1
    said = " ".join(own[0].text.split())
    assert "used a link that was made for you alone (/take)" in said
    assert sender.rpartition("<")[2].rstrip(">") in said
    others = [sent for sent in desk.sent[since:] if sent not in own]
    assert [(s.outgoing.to.address, s.outgoing.name) for s in others] == (
        [("joost@lumen.example", "refused")] if sender == JOOSTS else []
    )
    assert (desk.ticket().assignee, desk.ticket().state, desk.promise()) == (None, ticket.state, promise)
    since = len(desk.sent)
    tap(desk, "new", sender=sender, Authentication_Results=results)
    assert desk.names(since) == [], "told once of each who tries"


def test_hazard_38_after_somebody_else_its_owner_can_still_use_it(desk):
    writes(desk)
    tap(desk, "new", sender=JOOSTS)
    assert tap(desk, "new").outcome == "done"
    assert desk.ticket().assignee == "mara"


def test_hazard_38_the_one_time_address_of_a_question_is_its_agents_alone(desk):
    writes(desk)
    answers(desk, "Hello Anna,\n\nit is mended by noon.\n\nMara")
    assert answers(desk, "Hello Anna,\n\nwhich version?\n\nJoost", to="joost", sender=JOOSTS).outcome == "held"
    since = len(desk.sent)
    for sender in (MARAS, ANNA, "Joost <joost@private.example>"):
        assert tap(desk, "crossed", to="joost", sender=sender).outcome == "refused"
        assert answers(desk, "/send", of="crossed", to="joost", sender=sender).outcome == "refused"
    assert "relay" not in desk.names(since)
    assert {sent.outgoing.to.address for sent in desk.sent[since:]} == {"joost@lumen.example"}
    assert tap(desk, "crossed", to="joost", sender=JOOSTS).outcome == "relayed"
    since = len(desk.sent)
    assert tap(desk, "crossed", to="joost", sender=JOOSTS).outcome == "refused"
    assert "relay" not in desk.names(since)
    assert desk.names(since) == ["refused"]


def test_hazard_38_a_forged_mail_lets_nothing_go(desk_with):
    desk = desk_with(authserv_id="mx.lumen.example")
    good = "mx.lumen.example; dkim=pass header.d={0}; dmarc=pass header.from={0}"
    bad = "mx.lumen.example; dmarc=fail (p=reject) header.from=lumen.example"
    desk.receive(mail(ANNA, BROKEN, at=MONDAY, Authentication_Results=good.format("atelier.example")))
    notice = desk.last("new", "mara")
    desk.receive(mail("Mara <mara@private.example>", "Which version?", at=MONDAY, to=notice.reply_to, subject="Re"))
    assert desk.decisions[-1].outcome == "held"
    assert tap(desk, "confirm", Authentication_Results=bad).outcome == "refused"
    assert "relay" not in desk.names()
    assert tap(desk, "confirm", Authentication_Results=good.format("lumen.example")).outcome == "relayed"


def test_a_tap_that_comes_too_late_is_refused(desk):
    writes(desk)
    answers(desk, NAMED)
    desk.clock.at = MONDAY.replace(hour=18)
    assert tap(desk, "ask").outcome == "refused"


def test_words_from_another_account_are_confirmed_by_one_tap_from_the_agents_own(desk):
    writes(desk)
    own = "Mara <mara.lind@home.example>"
    assert answers(desk, "Which version?", sender=own).outcome == "held"
    assert tap(desk, "confirm", sender=own).outcome == "refused"
    assert "relay" not in desk.names(), "nothing is said before it is known who that was"
    assert tap(desk, "confirm").outcome == "relayed"


def test_a_machine_that_sends_the_tap_promises_nothing(desk):
    writes(desk)
    answers(desk, NAMED)
    before = desk.promise()
    tap(desk, "ask", Auto_Submitted="auto-replied")
    assert (desk.promise(), "relay" in desk.names()) == (before, False)


def test_a_text_that_crossed_is_sent_by_one_tap(desk):
    writes(desk)
    answers(desk, "Hello Anna,\n\nit is mended by noon.\n\nMara")
    assert answers(desk, "Hello Anna,\n\nwhich version?\n\nJoost", to="joost", sender=JOOSTS).outcome == "held"
    assert tap(desk, "crossed", to="joost", sender=JOOSTS).outcome == "relayed"
    assert "which version?" in desk.last("relay").text


def test_goodwill_is_approved_by_one_tap(desk_with):
    desk = desk_with(agents={"mara": MARA, "joost": JOOST})
    writes(desk)
    answers(desk, "/goodwill 15 EUR for the wait", to="joost", sender=JOOSTS)
    assert "goodwill" not in desk.names()
    assert tap(desk, "gesture").outcome == "done"
    assert "giving you 15 EUR for the wait" in desk.last("goodwill").text
    assert "mailto:" not in desk.last("gesture", "joost").text, "nothing is left to tap for who asked"


def test_a_ticket_is_taken_by_one_tap_while_it_is_nobodys(desk):
    writes(desk)
    tap(desk, "new", to="joost", sender=JOOSTS)
    assert desk.ticket().assignee == "joost"
    assert desk.ticket().state is TicketState.OPEN
    desk.pass_time(MONDAY.replace(hour=11, minute=30))
    assert "%2Ftake" not in desk.last("reminder", "joost").text


def test_a_stale_tap_takes_nothing_from_whoever_took_it_meanwhile(desk):
    writes(desk)
    desk.pass_time(MONDAY.replace(hour=9, minute=5))
    assert tap(desk, "new", to="joost", sender=JOOSTS).outcome == "done"
    for minute in range(6, 16):  # what was said and done since does not hide when it was taken
        answers(desk, f"/note\nSeen, {minute}.", to="joost", sender=JOOSTS)
    since = len(desk.sent)
    assert tap(desk, "new").outcome == "refused"
    assert desk.ticket().assignee == "joost"
    assert "Joost Baker has had it since 09:05 CET" in told(desk, since)
    assert answers(desk, "/take").outcome == "done", "a line that was typed is meant"
    assert desk.ticket().assignee == "mara"


def test_a_tap_takes_what_a_colleague_has_who_is_away(desk):
    writes(desk)
    answers(desk, "/take\n/away until fri 9:00", to="joost", sender=JOOSTS)
    assert tap(desk, "new").outcome == "done"
    assert desk.ticket().assignee == "mara"


def test_a_stale_tap_names_who_was_given_it_without_a_word(desk):
    policy, given = desk.setting.policy, made(1, assignee="joost")
    asked = parse_reply("/take")
    assert taken_meanwhile(given, asked, MARA, policy) == why("tap.taken", name="Joost Baker")
    assert taken_meanwhile(given, asked, JOOST, policy) is None
    assert taken_meanwhile(given, parse_reply("/status"), MARA, policy) is None


def test_without_plus_addresses_the_signature_travels_in_the_subject(desk_with):
    desk = desk_with(subaddress=False, verp=False)
    writes(desk)
    address, fields = opened(link_of(desk.last("new")))
    assert address == "help@lumen.example"
    assert tap(desk, "new", to="joost", sender=JOOSTS, signature="\n\nKind regards\nJoost").outcome == "done"
    assert desk.ticket().assignee == "joost"
    assert tap(desk, "new", to="joost", sender=ANNA).outcome == "refused", "only from the agent's own address"
    assert masked(fields["subject"]).endswith("-…)")


@pytest.mark.parametrize(
    "signature",
    ["\n\nKind regards\nMara Lind\nLumen GmbH", "\n\n[cid:logo.png]\nMara Lind", "\n\nMit freundlichen Grüßen\nMara Lind\n\nLumen GmbH | Lichtweg 3 | 10115 Berlin\nT +49 30 5550 199", "\n\nEnvoyé de mon iPhone", "\n\nGet Outlook for Android", "\n\nDieses Schreiben ist vertraulich."],
)  # fmt: skip
def test_below_a_tap_there_is_a_signature_whatever_it_says(desk, signature):
    writes(desk)
    assert tap(desk, "new", signature=signature).outcome == "done"
    assert desk.ticket().assignee == "mara"
    assert desk.ticket().answers == 0
    assert "relay" not in desk.names()


def test_words_below_a_tap_go_to_nobody_and_the_agent_hears_of_it(desk):
    writes(desk)
    since = len(desk.sent)
    tap(desk, "new", signature="\n\nHello Anna, could you tell me which version you use?")
    assert desk.names(since) == ["answer"]
    assert "which version you use" in desk.sent[-1].text


def test_no_link_acts_for_an_agent_in_what_customers_get(desk):
    writes(desk)
    answers(desk, NAMED)
    tap(desk, "ask")
    to_anna = [sent for sent in desk.sent if "anna" in sent.outgoing.to.address]
    assert len(to_anna) >= 2
    assert all(b"mailto" not in sent.raw for sent in to_anna)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=60), st.text(max_size=30))
def test_what_is_put_into_a_link_comes_out_of_it(body, subject):
    link = mailto("help+a1-mara-1-0-x@lumen.example", subject=subject.replace("\r", ""), body=body)
    address, fields = opened(link)
    assert address == "help+a1-mara-1-0-x@lumen.example"
    assert fields == {"subject": subject.replace("\r", ""), "body": body.replace("\n", "\r\n")}


def test_words_that_merely_look_like_a_link_to_tap_stay_words():
    evil = tap_line("I take it", "mailto:evil@else.example?body=x")
    own = tap_line("I take it", "mailto:help%2Ba1@lumen.example?body=x")
    html = words_to_html(f"{evil}\n\n> {own}\n\n{own}\n", (), [("I take it", "mailto:help%2Ba1@lumen.example?body=x")])
    assert html.count("<a ") == 1
    assert 'href="mailto:help%2Ba1@lumen.example?body=x"' in html


def test_a_notice_that_was_decided_before_there_were_links_is_still_written():
    fields = {
        "desk": "Lumen", "brand": "Lumen", "agent": "Mara", "ticket": 1, "subject": "Export", "priority": 3, "urgency": 0,
        "customer": {"name": "Anna", "address": "anna@atelier.example"}, "why": "", "assignee": None, "due": None,
        "language": "en", "state": "open", "mute": None, "text": "", "reason": "", "from": "", "yours": "x",
    }  # fmt: skip
    for name, more in (("confirm", {}), ("crossed", {"newer": {"by": "Joost", "text": "y"}})):
        text = (
            shipped()
            .templates.render(name, language="en", inbox="support", zone="Europe/Berlin", fields={**fields, **more})
            .text
        )
        assert "mailto:" not in text
