"""A signature is learned from an agent's last mails, shown once, and kept where they ask for it."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage

import pytest

from mailbot.core.intake.learned_signature import without_learned
from mailbot.core.model.policy import Agent
from tests.simulation.simulated_desk import MONDAY, SimulatedDesk, mail

IVO = Agent(id="ivo", name="Ivo Brandt", addresses=("ivo@lantern.example",))
MOTTO = "We bring light to every harbour.\nlantern.example"
BODIES = [f"Answer number {n}." for n in range(5)]


def learned(tail: str, *, earlier: int = 4, before: str = "") -> str | None:
    texts = [f"{body}\n\n{before}{tail}" for body in BODIES]
    found = without_learned(texts[4], texts[:earlier], IVO)
    return None if found is None else found.words


@pytest.mark.parametrize("before", ["Kind regards\nIvo\n", "Kind regards\n\nIvo Brandt\n\n", "Best, Ivo\n"])
def test_what_stands_below_a_closing_is_known_from_the_fifth_mail_on(before: str) -> None:
    assert learned(MOTTO, before=before) == f"{BODIES[4]}\n\n{before}".rstrip()
    assert learned(MOTTO, before=before, earlier=3) is None


@pytest.mark.parametrize(
    "tail",
    [
        "Ivo\nWe bring light to every harbour.",
        "Lantern Ltd\nivo@lantern.example",
        "Harbour Lights\nTel. +44 20 7946 0018",
    ],
)
def test_without_a_closing_it_begins_where_it_is_theirs(tail: str) -> None:
    assert learned(tail) == BODIES[4]


@pytest.mark.parametrize(
    "tail", ["Does this help you?", "Please write if it does not work.", "Kind regards\nIvo", "Ivo"]
)
def test_words_that_they_use_each_time_stay(tail: str) -> None:
    assert learned(tail) is None


def test_four_of_the_last_ten_are_enough_and_others_do_not_hinder() -> None:
    texts = [f"{body}\n\nKind regards\nIvo\n{MOTTO}" for body in BODIES]
    others = ["Taken.", "Ivo", "Yes.\n\nKind regards\nIvo", "", "Ok"]
    found = without_learned(texts[4], [*others, *texts[:4]], IVO)
    assert found is not None
    assert found.tail == MOTTO
    assert without_learned("Ok.\n\nIvo", [*texts[:4]], IVO) is None


@pytest.mark.parametrize("unit", ["a\n", "Best,\nIvo\n", "lantern.example\n", "-- \n", " "])
def test_hostile_mails_are_read_in_linear_time(unit: str) -> None:
    text = unit * (400_000 // len(unit))
    without_learned(text, [text[:20_000]] * 10, IVO)


@pytest.fixture
def desk():
    one = SimulatedDesk()
    yield one
    one.close()


def _answers(desk: SimulatedDesk, count: int) -> str:
    """The last of that many relays of Mara's, each to a customer of its own."""
    for n in range(count):
        desk.clock.at += timedelta(minutes=30)
        who = f"c{desk.clock.at:%H%M}@harbour{n}.example"
        desk.receive(mail(who, "The lamp hums. Why?", at=desk.clock.now(), subject=f"Lamp {n}"))
        notice = desk.last("new", "mara")
        text = f"It is the coil, number {n}.\n\nBest,\nMara\nWe bring light to every harbour.\nAsk us anything"
        desk.receive(mail("mara@lumen.example", text, at=desk.clock.now(), to=notice.reply_to, subject="Re: Lamp"))
    return desk.last("relay", "harbour").text


def _shown(desk: SimulatedDesk) -> list[str]:
    return [sent.outgoing.key for sent in desk.sent if sent.outgoing.name == "signature"]


def test_the_agent_is_shown_once_and_can_keep_it(desk) -> None:
    desk.clock.at = MONDAY
    assert "We bring light" in _answers(desk, 4)
    assert not _shown(desk)
    assert "We bring light" not in _answers(desk, 1)
    assert len(_shown(desk)) == 1
    notice = desk.last("signature", "mara")
    assert "> We bring light to every harbour." in notice.text
    assert "We bring light" not in _answers(desk, 1)
    assert len(_shown(desk)) == 1
    mark = _shown(desk)[0].split(":")[1]
    desk.receive(
        mail("mara@lumen.example", f"/signature keep {mark}", at=desk.clock.now(), to=notice.reply_to, subject="Re")
    )
    assert desk.decisions[-1].outcome == "done"
    assert "We bring light" in _answers(desk, 1)
    desk.receive(
        mail("mara@lumen.example", f"/signature drop {mark}", at=desk.clock.now(), to=notice.reply_to, subject="Re")
    )
    assert "We bring light" not in _answers(desk, 1)


# --- pictures -------------------------------------------------------------------------------------------------------

LOGO = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x60\0\0\0\x20" + bytes(range(256)) * 16
SHOT = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\3\x00\0\0\2\x00" + bytes(range(256)) * 500


def _with_picture(n: int, html: str, *files: tuple[str, bytes, str]) -> EmailMessage:
    """A mail of HTML with pictures: shown where it says `cid:NAME` ("shown"), or attached ("attachment")."""
    one = EmailMessage()
    one.set_content(f"<p>It is the coil, number {n}.</p>{html}", subtype="html")
    for name, data, how in files:
        if how == "shown":
            one.add_related(data, "image", "png", cid=f"<{name}>", filename=name)
    for name, data, how in files:
        if how != "shown":
            one.add_attachment(data, "image", "png", filename=name, disposition=how)
    return one


def _relayed(desk: SimulatedDesk, one: EmailMessage) -> list[str]:
    """The mail as Mara's answer to a customer of its own: the names of the pictures that went out, or the outcome."""
    desk.clock.at += timedelta(minutes=30)
    who = f"c{len(desk.decisions)}@harbour{len(desk.decisions)}.example"
    desk.receive(mail(who, "The lamp hums. Why?", at=desk.clock.now(), subject="Lamp"))
    one["From"], one["To"], one["Subject"] = "mara@lumen.example", desk.last("new", "mara").reply_to, "Re: Lamp"
    one["Date"], one["Message-ID"] = desk.clock.now(), f"<p{len(desk.decisions)}@lumen.example>"
    desk.receive(one.as_bytes())
    if desk.decisions[-1].outcome != "relayed":
        return [desk.decisions[-1].outcome]
    parts = message_from_bytes(desk.last("relay", who).raw).walk()
    return [str(part.get_filename()) for part in parts if part.get_content_maintype() == "image"]


def _six(desk: SimulatedDesk, html: str, *files: tuple[str, bytes, str]) -> list[list[str]]:
    return [_relayed(desk, _with_picture(n, html, *files)) for n in range(6)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("html", "how"),
    [
        ("<p>Best,<br>Mara</p><img src='cid:logo.png'>", "shown"),
        ("<img src='cid:logo.png'>", "shown"),
        ("<p>Best,<br>Mara<br><img src='cid:logo.png'><br>Lighting the coast since 1921</p>", "shown"),
        ("<p>Best,<br>Mara</p>", "attachment"),
        ("<p>Best,<br>Mara</p>", "inline"),
    ],
)
def test_a_picture_of_each_mail_is_a_signatures_from_the_fifth_on(desk, html, how) -> None:
    desk.clock.at = MONDAY
    assert _six(desk, html, ("logo.png", LOGO, how)) == [["logo.png"]] * 4 + [[]] * 2
    assert "[picture" not in desk.last("relay").text
    assert "logo.png" not in desk.last("relay").text
    assert len(_shown(desk)) == 1
    notice = desk.last("signature", "mara")
    assert "the same picture with every mail: logo.png" in " ".join(notice.text.split())
    keep = f"/signature keep {_shown(desk)[0].split(':')[-2]}"
    desk.receive(mail("mara@lumen.example", keep, at=desk.clock.now(), to=notice.reply_to, subject="Re"))
    assert _relayed(desk, _with_picture(7, html, ("logo.png", LOGO, how))) == ["logo.png"]


def test_a_larger_picture_of_a_signature_is_learned_where_it_stands_in_the_mail(desk) -> None:
    desk.clock.at = MONDAY
    assert _six(desk, "<p>Best,<br>Mara</p><img src='cid:fair.png'>", ("fair.png", SHOT, "shown"))[4:] == [[], []]


@pytest.mark.slow
def test_what_goes_to_several_customers_on_purpose_goes_out_each_time(desk) -> None:
    desk.clock.at = MONDAY
    within = "<p>Press this one:</p><img src='cid:menu.png'><p>Then wait.</p><p>Best,<br>Mara</p>"
    assert _six(desk, within, ("menu.png", SHOT, "shown")) == [["menu.png"]] * 6
    assert _six(desk, "<p>See the drawing.</p>", ("plan.png", SHOT, "attachment")) == [["plan.png"]] * 6


def test_a_small_file_that_only_some_mails_brought_goes_out(desk) -> None:
    desk.clock.at = MONDAY
    for n in range(9):
        files = [("key.png", LOGO, "attachment")] if n % 2 == 0 else []
        assert _relayed(desk, _with_picture(n, "", *files)) == [name for name, *_ in files]


def test_the_same_photo_twice_and_a_photo_that_is_all_of_a_mail_go_out(desk) -> None:
    desk.clock.at = MONDAY
    for _ in range(6):
        one = EmailMessage()
        one.set_content("<img src='cid:photo.png'>", subtype="html")
        one.add_related(SHOT, "image", "png", cid="<photo.png>", filename="photo.png")
        assert _relayed(desk, one) == ["photo.png"]


def test_a_mail_of_nothing_but_the_logo_is_refused_as_an_empty_one(desk) -> None:
    desk.clock.at = MONDAY
    _six(desk, "<p>Best,<br>Mara</p><img src='cid:logo.png'>", ("logo.png", LOGO, "shown"))
    one = EmailMessage()
    one.set_content("<p>Best,<br>Mara</p><img src='cid:logo.png'>", subtype="html")
    one.add_related(LOGO, "image", "png", cid="<logo.png>", filename="logo.png")
    assert _relayed(desk, one) == ["refused"]
    assert "only a signature" in desk.last("refused", "mara").text


def test_a_small_picture_below_a_delimiter_is_the_signatures_at_once(desk) -> None:
    desk.clock.at = MONDAY
    html = "<p>Best,</p>-- <br>Mara Lind<br>Lumen GmbH<br>T +49 30 5550 1<br><img src='cid:logo.png'>"
    assert _relayed(desk, _with_picture(1, html, ("logo.png", LOGO, "shown"))) == []
