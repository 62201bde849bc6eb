"""Everything that reads an incoming mail, called as the desk calls it, with what must hold for each result."""

from __future__ import annotations

import gc
import time
from datetime import UTC, datetime

from mailbot.adapters.language import detect_language
from mailbot.core.decide import take_in
from mailbot.core.intake.automatic.bounce import find_bounce
from mailbot.core.intake.incoming import Incoming
from mailbot.core.intake.newtext import forwarded, new_text, sign_off
from mailbot.core.intake.read import attachment, read
from mailbot.core.intake.thanks import only_thanks
from mailbot.core.model.mail import Bounce, Kind, Mail, Unreadable
from mailbot.core.rules.setting import Setting
from tests.simulation.simulated_desk import shipped

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def setting() -> Setting:
    """The rules and templates that ship."""
    return shipped().current()


def cpu_seconds(raw: bytes, desk: Setting) -> float:
    """Read a mail fully, as `mailbot explain` does; what it cost."""
    gc.disable()  # a collection of the whole run's garbage must not count for this mail
    try:
        began = time.process_time()
        take_in(raw, desk, inbox="support", received_at=NOW)
        return time.process_time() - began
    finally:
        gc.enable()


def read_all(raw: bytes, desk: Setting) -> None:
    """Call every reader; raises if one does, or if its result breaks its promise."""
    mail = read(raw)
    assert isinstance(mail, (Mail, Unreadable))
    incoming = take_in(raw, desk, inbox="support", received_at=NOW)
    if isinstance(mail, Unreadable):
        assert isinstance(incoming, Unreadable)
        # The net below the readers: what falls into it is a bug of ours, though no mail is lost.
        assert mail.reason.code != "unreadable.parser", mail.reason
        return
    assert isinstance(incoming, Incoming)
    _holds(mail)
    assert incoming.screening.kind in Kind
    assert not (incoming.screening.may_answer and incoming.screening.kind is not Kind.PERSON)
    bounce = find_bounce(mail, raw)
    assert bounce is None or isinstance(bounce, Bounce)
    for text in (new_text(mail), mail.text[:5_000], mail.subject):
        assert only_thanks(text) in (True, False)
        name = sign_off(text)
        assert name is None or (name and len(name) <= 40 and "\n" not in name)
        found = detect_language(text)
        assert found is None or 0 <= found[1] <= 1.01
    forwarded(mail)
    for each in mail.attachments[:3]:
        assert attachment(raw, each.index) is not None


def _holds(mail: Mail) -> None:
    """What everything after the reader relies on."""
    for text in (mail.subject, mail.text, mail.html or "", *(value for _, value in mail.headers)):
        text.encode()  # no lone surrogate: no database and no mail accepts it
        assert "\0" not in text
    for text in (mail.subject, *(value for _, value in mail.headers), *(box.address for box in mail.from_)):
        assert "\n" not in text
        assert "\r" not in text
    assert mail.date is None or mail.date.tzinfo is not None
    assert all(each and "<" not in each and ">" not in each for each in (*mail.references, *mail.in_reply_to))
