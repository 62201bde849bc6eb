"""`mailbot ticket split`, on a desk of its own: what it says, and what it says no to."""

from __future__ import annotations

import json
import sys

import pytest

from mailbot.app.desk import Desk
from mailbot.cli import main
from mailbot.config import load_config
from mailbot.core.model.outgoing import OutgoingKind
from tests.contract.made import NOW, raw_mail
from tests.simulation.simulated_desk import mail
from tests.unit.house.test_cli_quarantine import CONFIG

pytestmark = pytest.mark.slow

OUTAGE = "Our whole shop is down, nobody can order, error 503 everywhere!"


@pytest.fixture
def site(tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "storage").mkdir()
    (tmp_path / "storage" / "secret").write_bytes(b"a secret for tests, thirty-two by")
    return tmp_path


@pytest.fixture
def call(site, monkeypatch, capsys):
    def run(*args):
        monkeypatch.setattr(sys, "argv", ["mailbot", "ticket", *map(str, args), "--site", str(site)])
        with pytest.raises(SystemExit) as ended:
            main.main()
        out, err = capsys.readouterr()
        return ended.value.code or 0, out, err

    return run


@pytest.fixture
def stranger(site, capsys):
    """The id of Bob's mail, which is in Ana's ticket: he was in copy of hers, and answered all."""
    desk = Desk(load_config(site))
    at, to = NOW, "support@harbour.example"
    desk.store.baseline("support", 7, 1, at)
    ana = mail("Ana <ana@c.example>", "It is empty.", at=at, to=to, message_id="a1@c.example", Cc="bob@d.example")
    bob = mail("Bob Roth <bob@d.example>", OUTAGE, at=at, to=to, In_Reply_To="<a1@c.example>", subject="Re: Question")
    for uid, raw in enumerate((ana, bob), 1):
        desk.store.put([raw_mail(uid, raw=raw)], at)
        while desk.decider.decide_some():
            pass
    page = desk.store.lists.ticket(1)
    desk.close()
    capsys.readouterr()
    return next(m.id for m in page.messages if m.from_.address == "bob@d.example")


def letters(site, number):
    desk = Desk(load_config(site))
    page = desk.store.lists.ticket(number)
    desk.close()
    return [
        (o.outgoing.name, o.outgoing.to.address) for o in page.outgoing if o.outgoing.kind is not OutgoingKind.NOTICE
    ]


def test_a_mail_becomes_a_ticket_of_its_own_and_it_says_so(call, site, stranger):
    assert stranger in call("show", 1)[1]
    code, out, err = call("split", 1, stranger)
    assert (code, err) == (0, "")
    for words in ("Re: Question", "bob@d.example", "split from", f"#1, mail {stranger}", "ack", "word due"):
        assert words in out
    number = int(out.split()[0].removeprefix("#"))
    assert letters(site, number) == [("ack", "bob@d.example")]
    assert letters(site, 1) == [("ack", "ana@c.example")]
    code, _, err = call("split", 1, stranger)
    assert (code, err) == (
        1,
        f"mailbot: there's no mail “{stranger}” in this ticket: mailbot ticket show lists them with their ids\n",
    )


def test_the_same_for_programs(call, stranger):
    code, out, _ = call("split", 1, stranger[:12], "--json")
    done = json.loads(out)
    assert code == 0
    assert (done["source"], done["message"], done["customer"], done["priority"]) == (1, stranger, "bob@d.example", 1)
    assert (done["letter"], done["mute"]) == ("ack", None)
    assert done["due"]


def test_what_it_cannot_do_is_said_in_one_line(call, stranger):
    assert call("split", 7, stranger) == (1, "", "mailbot: there's no ticket 7\n")
    code, out, err = call("split", 1, "a1@c.example")
    assert (code, out) == (1, "")
    assert "opened this ticket" in err
