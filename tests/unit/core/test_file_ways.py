"""Files go both ways unchanged, or whoever must know is told; and agents can fetch what was left out."""

from email.message import EmailMessage
from email.policy import SMTP
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailbot.app.files import ticket_files
from mailbot.core.sending.files import MOST
from mailbot.ports import RawMail
from tests.simulation.simulated_desk import MONDAY, SimulatedDesk

NORA = "nora@harbour.example"
_NUMBERS = count(1)


@pytest.fixture
def desk():
    desk = SimulatedDesk()
    yield desk
    desk.close()


def mail(sender, to, text, files=(), subject="Pump 7 leaks"):
    """A mail with files: (name, type, disposition, bytes)."""
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = sender, to, subject
    made["Date"] = MONDAY.strftime("%a, %d %b %Y %H:%M:%S %z")
    made["Message-ID"] = f"<way{next(_NUMBERS)}@harbour.example>"
    made.set_content(text)
    for name, type_, disposition, data in files:
        main, _, sub = type_.partition("/")
        made.add_attachment(data, maintype=main, subtype=sub, filename=name, disposition=disposition)
    return bytes(made)


def carried(sent):
    """The bytes of all the files of a mail that left, in order."""
    parts = [part for part in sent.parsed.walk() if not part.is_multipart()]
    return [part.get_payload(decode=True) for part in parts if part.get_content_disposition()]


def names(sent):
    parts = sent.parsed.walk()
    return [part.get_filename() for part in parts if part.get_content_disposition()]


def text(sent):
    return " ".join(sent.text.split())


TYPES = ["image/png", "image/jpeg", "application/pdf", "application/octet-stream", "video/quicktime", "text/csv"]
FILES = st.lists(
    st.tuples(
        st.one_of(st.none(), st.text("abcäß .-_()[]&'", min_size=1, max_size=30).map(lambda n: f"{n}.bin")),
        st.sampled_from(TYPES),
        st.sampled_from(["attachment", "inline"]),
        st.binary(min_size=40, max_size=300).map(lambda data: b"\xff\xfe\x00" + data),
    ),
    min_size=1,
    max_size=5,
)


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(theirs=FILES, ours=FILES)
def test_every_file_arrives_with_the_same_bytes(theirs, ours):
    desk = SimulatedDesk()
    try:
        desk.receive(mail(NORA, "help@lumen.example", "It leaks, see below.", theirs))
        notice = desk.last("new", "mara")
        assert carried(notice) == [data for *_, data in theirs]
        assert len(set(map(str.casefold, names(notice)))) == len(theirs)
        desk.receive(mail("mara@lumen.example", notice.reply_to, "Please try this.", ours))
        relay = desk.last("relay")
        assert carried(relay) == [data for *_, data in ours]
        assert all(names(relay))
    finally:
        desk.close()


@pytest.mark.slow
def test_what_does_not_fit_is_named_and_comes_when_it_is_asked_for(desk):
    two = [bytes([n]) * 10_000_000 for n in (1, 2)]
    files = [
        ("one.zip", "application/zip", "attachment", two[0]),
        ("two.zip", "application/zip", "attachment", two[1]),
        ("log.txt", "application/octet-stream", "attachment", b"\xfflog"),
    ]
    desk.receive(mail(NORA, "help@lumen.example", "It leaks, see below.", files))
    notice = desk.last("new", "mara")
    assert carried(notice) == [two[0], b"\xfflog"]
    assert "two.zip (10 MB)" in text(notice)
    assert "/files" in text(notice)
    before = len(desk.sent)
    desk.receive(mail("mara@lumen.example", notice.reply_to, "/files"))
    [answer] = desk.sent[before:]
    assert carried(answer) == [two[1]]


@pytest.mark.slow
def test_what_fits_into_no_mail_is_named_with_the_way_to_it(desk):
    files = [("film.mov", "video/quicktime", "attachment", b"\xff" * (MOST + 1))]
    desk.receive(mail(NORA, "help@lumen.example", "It leaks, see below.", files))
    notice = desk.last("new", "mara")
    assert carried(notice) == []
    desk.receive(mail("mara@lumen.example", notice.reply_to, "/files"))
    for told in (notice, desk.last("answer", "mara")):
        assert "film.mov (18 MB)" in text(told)
        assert "mailbot ticket files 1 --save" in text(told)


def test_all_files_come_again_where_none_was_left_out(desk):
    desk.receive(mail(NORA, "help@lumen.example", "It leaks.", [("a.pdf", "application/pdf", "inline", b"%PDF-1")]))
    before = len(desk.sent)
    desk.receive(mail("mara@lumen.example", desk.last("new", "mara").reply_to, "/files"))
    [answer] = desk.sent[before:]
    assert (answer.outgoing.name, carried(answer), names(answer)) == ("answer", [b"%PDF-1"], ["a.pdf"])


def test_no_files_is_said(desk):
    desk.receive(mail(NORA, "help@lumen.example", "It leaks."))
    desk.receive(mail("mara@lumen.example", desk.last("new", "mara").reply_to, "/files"))
    assert "came with a file" in text(desk.last("answer"))


@pytest.mark.slow
def test_an_answer_whose_files_do_not_fit_is_refused_whole(desk):
    desk.receive(mail(NORA, "help@lumen.example", "It leaks."))
    notice, before = desk.last("new", "mara"), len(desk.sent)
    files = [("film.mov", "video/quicktime", "attachment", b"\xff" * (MOST + 1))]
    desk.receive(mail("mara@lumen.example", notice.reply_to, "See the film.", files))
    [refused] = desk.sent[before:]
    assert refused.outgoing.name == "refused"
    assert "film.mov" in text(refused)
    assert "18 MB" in text(refused)
    assert desk.promise() is not None


def test_the_original_comes_as_it_was(desk):
    first = mail(NORA, "help@lumen.example", "It leaks.", subject="Pump 7 leaks")
    second = mail(NORA, "help@lumen.example", "It leaks more.", subject="Re: [#1] Pump 7 leaks")
    desk.receive(first)
    desk.receive(
        second.replace(b"\r\n\r\n", b"\r\nReferences: <" + desk.last("ack").message_id.encode() + b">\r\n\r\n", 1)
    )
    reply_to = desk.last("new", "mara").reply_to
    for line, wanted in (("/original", b"leaks more"), ("/original 2", b"It leaks.\r\n"), ("/original 3", b"")):
        before = len(desk.sent)
        desk.receive(mail("mara@lumen.example", reply_to, line))
        [answer] = desk.sent[before:]
        found = [part for part in answer.parsed.walk() if part.get_content_type() == "message/rfc822"]
        assert len(found) == bool(wanted)
        if wanted:
            assert (found[0].get_filename() or "").endswith("Pump 7 leaks.eml")
            assert wanted in answer.raw
        else:
            assert "2 mails" in text(answer)


@pytest.mark.parametrize("line", ["/original all", "/original 0", "/original 99999999999999999999"])
def test_an_original_that_nobody_can_mean_is_refused(desk, line):
    desk.receive(mail(NORA, "help@lumen.example", "It leaks."))
    desk.receive(mail("mara@lumen.example", desk.last("new", "mara").reply_to, line))
    assert desk.last("refused")


def test_hazard_37_a_signed_address_in_an_answer_is_refused_with_a_draft(desk):
    desk.receive(mail(NORA, "help@lumen.example", "It leaks."))
    notice, before = desk.last("new", "mara"), len(desk.sent)
    words = f"Hello Nora,\n\nplease wait.\n\nI take it: <mailto:{quote(notice.reply_to)}?subject=x&body=%2Ftake>\n"
    desk.receive(mail("mara@lumen.example", notice.reply_to, words))
    [refused] = desk.sent[before:]
    assert refused.outgoing.name == "refused"
    assert "    please wait." in refused.text
    assert quote(notice.reply_to) not in refused.text.split("This is how")[-1].split("Your reply")[0]
    assert desk.promise() is not None


def test_a_file_with_a_signed_address_stays_at_the_door_and_its_agent_is_told(desk):
    desk.receive(mail(NORA, "help@lumen.example", "It leaks."))
    notice, before = desk.last("new", "mara"), len(desk.sent)
    files = [("notice.eml", "application/octet-stream", "attachment", notice.raw)]
    desk.receive(mail("mara@lumen.example", notice.reply_to, "See what came.", files))
    assert [s.outgoing.name for s in desk.sent[before:]] == ["refused"]
    assert "notice.eml" in text(desk.last("refused", "mara"))
    assert "See what came." in desk.last("refused", "mara").text
    assert desk.ticket().mute is None


def test_the_files_of_a_ticket_are_saved_beside_what_is_there(desk, tmp_path):
    files = [
        ("a.pdf", "application/pdf", "inline", b"%PDF-1"),
        ("../a.pdf", "application/pdf", "attachment", b"%PDF-2"),
    ]
    desk.receive(mail(NORA, "help@lumen.example", "It leaks.", files))
    (tmp_path / "a.pdf").write_bytes(b"older")
    config = SimpleNamespace(database_url=f"sqlite:///{desk.path}")
    found = ticket_files(config, 1, tmp_path / "new", originals=True)
    assert [(f.name, Path(f.saved).read_bytes()) for f in found][:2] == [("a.pdf", b"%PDF-1"), ("_a.pdf", b"%PDF-2")]
    assert found[2].name == "Pump 7 leaks.eml"
    again = ticket_files(config, 1, tmp_path, originals=False)
    assert [Path(f.saved).name for f in again] == ["a (2).pdf", "_a.pdf"]
    assert (tmp_path / "a.pdf").read_bytes() == b"older"
    assert ticket_files(config, 2, None, originals=False) is None


def too_large(desk, raw):
    """A mail above the inbox's limit: only its header is fetched."""
    uid = desk._uids["support"] = desk._uids.get("support", 0) + 1
    head = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    one = RawMail(mailbox="support", uidvalidity=1, uid=uid, raw=head, size=61_400_000, oversize=True)
    before = len(desk.sent)
    desk.store.put([one], desk.clock.now())
    while desk.decider.decide_some():
        pass
    desk.send()
    return desk.sent[before:]


def test_a_customers_mail_above_the_limit_is_told_to_both_sides(desk):
    sent = too_large(desk, mail(NORA, "help@lumen.example", "It leaks."))
    assert sorted({s.outgoing.name for s in sent}) == ["new", "too-large"]
    letter, notice = desk.last("too-large"), desk.last("new", "mara")
    assert "61 MB" in text(letter)
    assert "our limit is 35 MB" in text(letter)
    assert desk.promise().stated_by == letter.outgoing.key
    assert letter.header("Auto-Submitted") == "auto-replied"
    assert NORA in text(notice)
    assert "at 61 MB the mail is too large, since our limit is 35 MB" in text(notice)
    assert "mailbox help@lumen.example, folder INBOX" in text(notice)


def test_a_further_one_is_answered_once_and_states_no_second_time(desk):
    desk.receive(mail(NORA, "help@lumen.example", "It leaks."))
    promised = desk.promise()
    again = mail(NORA, "help@lumen.example", "A film.").replace(
        b"\r\n\r\n", b"\r\nIn-Reply-To: <" + desk.last("ack").message_id.encode() + b">\r\n\r\n", 1
    )
    sent = too_large(desk, again)
    assert [s.outgoing.name for s in sent if s.outgoing.to.address == NORA] == ["too-large"]
    assert "hear from us" not in text(desk.last("too-large"))
    assert desk.promise() == promised
    assert "at 61 MB the mail is too large" in text(desk.last("followup", "mara"))


def test_an_agents_answer_above_the_limit_goes_nowhere_and_keeps_nothing(desk):
    desk.receive(mail(NORA, "help@lumen.example", "It leaks."))
    promised = desk.promise()
    sent = too_large(desk, mail("mara@lumen.example", desk.last("new", "mara").reply_to, "See the film."))
    assert [s.outgoing.name for s in sent] == ["refused"]
    assert "61 MB" in text(sent[0])
    assert desk.promise() == promised


def test_an_agents_own_mail_above_the_limit_opens_no_ticket_of_theirs(desk):
    sent = too_large(desk, mail("mara@lumen.example", "help@lumen.example", "Look.", subject="Fwd: a film"))
    assert [(s.outgoing.name, s.outgoing.to.address) for s in sent] == [("answer", "mara@lumen.example")]


def test_an_automatic_mail_above_the_limit_is_answered_by_nobody(desk):
    raw = mail(NORA, "help@lumen.example", "Away.").replace(b"\r\n\r\n", b"\r\nAuto-Submitted: auto-replied\r\n\r\n", 1)
    assert too_large(desk, raw) == []


def with_picture(sender, to, html, cid, data, subject="Pump 7 leaks"):
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = sender, to, subject
    made["Date"] = MONDAY.strftime("%a, %d %b %Y %H:%M:%S %z")
    made["Message-ID"] = f"<way{next(_NUMBERS)}@harbour.example>"
    made.set_content("see the picture")
    made.add_alternative(html, subtype="html")
    made.get_payload()[1].add_related(data, "image", "png", cid=f"<{cid}>", filename="leak.png")
    return bytes(made)


def test_a_picture_within_the_text_stands_there_on_both_roads(desk):
    pictures = [b"\x89PNG\r\n\x1a\nIHDR" + bytes([n]) * 3000 for n in (1, 2)]
    html = (
        '<p>It leaks here:</p><p><img src="cid:pic@x"></p><p>See <a href="https://a.example/f?id=7">the form</a>.</p>'
    )
    desk.receive(with_picture(NORA, "help@lumen.example", html, "pic@x", pictures[0]))
    notice = desk.last("new", "mara")
    theirs = html.replace("pic@x", "other@y")
    desk.receive(with_picture("mara@lumen.example", notice.reply_to, theirs, "other@y", pictures[1]))
    relay = desk.last("relay")
    for sent, data in ((notice, pictures[0]), (relay, pictures[1])):
        assert carried(sent) == [data]
        assert "[picture 1: leak.png]" in text(sent)
        assert "https://a.example/f?id=7" in text(sent)
        parts = list(sent.parsed.walk())
        [picture] = [part for part in parts if part.get_content_type() == "image/png"]
        shown = next(part for part in parts if part.get_content_type() == "text/html").get_content()
        assert f'src="cid:{picture["Content-ID"].strip("<>")}"' in shown
        assert 'href="https://a.example/f?id=7"' in shown
        assert not any(part.get_content_type() == "multipart/mixed" for part in parts)
        assert "pic@x" not in sent.raw.decode("ascii")


def test_links_of_an_answer_lose_the_wrapper_of_a_gateway(desk):
    desk.receive(mail(NORA, "help@lumen.example", "It leaks."))
    wrapped = (
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fguide.example%2Freset"
        "&data=05%7C02%7Cmara%40lumen.example%7C0&sdata=x&reserved=0"
    )
    desk.receive(mail("mara@lumen.example", desk.last("new", "mara").reply_to, f"Read {wrapped} first."))
    assert "Read https://guide.example/reset first." in text(desk.last("relay"))
    assert "safelinks" not in desk.last("relay").raw.decode("ascii")


@pytest.mark.parametrize("line", ["/p -1", "/promise -2h", "/eta 9999-12-31", "/goodwill 1\u200b5 EUR for the outage"])
def test_hazard_47_a_line_that_nobody_can_mean_is_refused_with_a_reason(desk, line):
    desk.receive(mail(NORA, "help@lumen.example", "The pump leaks."))
    desk.receive(mail("mara@lumen.example", desk.last("new", "mara").reply_to, line))
    assert desk.decisions[-1].outcome == "refused"
    assert desk.last("refused", "mara").text
