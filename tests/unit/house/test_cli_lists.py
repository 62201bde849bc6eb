"""The command line: its lists of tickets, promises and letters, and the command itself."""

import json
import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

import mailbot.app
from mailbot.adapters.store.views.lists import TicketPage
from mailbot.cli import output
from mailbot.core.model.event import Event
from mailbot.core.model.mail import Address, Kind
from mailbot.core.model.message import Author, Message
from mailbot.core.model.outgoing import OutboxState, Outgoing, OutgoingKind
from mailbot.core.model.promise import Promise, PromiseState
from mailbot.core.model.reason import why
from mailbot.core.model.ticket import Ticket, TicketState
from mailbot.ports import OutboxRow
from tests.unit.house.test_cli import CONFIG, NOW, ROOT


@pytest.fixture
def site(tmp_path, monkeypatch):
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    monkeypatch.setenv("HARBOUR_PASSWORD", "hunter2")
    return tmp_path


ADA = Address(name="Ada", address="ada@shop.example")


def ticket(number, **more):
    given = {"inbox": "support", "subject": "Oven is \x1b[2Jdown", "requester": ADA, "priority": 1, "opened_at": NOW}
    return Ticket(number=number, version=1, **(given | more))


PROMISE = Promise(
    id="p1",
    ticket=7,
    to="ada@shop.example",
    made_at=NOW,
    made_by="desk",
    due=NOW + timedelta(hours=1),
    wake_at=NOW,
    stated_by="ack:7",
)
ROW = OutboxRow(
    id=3,
    outgoing=Outgoing(
        key="notice:m1:mia",
        kind=OutgoingKind.NOTICE,
        name="new",
        ticket=7,
        inbox="support",
        to=Address(address="mia@harbour.example"),
        reply_token="a7-mia-1-0-secretsecretsecretsecret",
        not_before=NOW,
    ),
    state=OutboxState.SENT,
    raw=b"Reply-To: secret",
    message_id="x@harbour.example",
    attempts=1,
    created_at=NOW,
    last_reply="250 ok",
)
MESSAGE = Message(
    id="m1",
    ticket=7,
    inbound=1,
    content_key="k",
    message_id="1@shop.example",
    kind=Kind.PERSON,
    author=Author.CUSTOMER,
    from_=ADA,
    subject="Oven",
    date=NOW,
    received_at=NOW,
    new_text="It is cold.",
    text="It is cold.",
)


class Lists:
    """Three tickets, of which one is resolved."""

    everything = (ticket(7), ticket(8, priority=3, state=TicketState.WAITING), ticket(5, state=TicketState.RESOLVED))

    def tickets(self, state=None, limit=100):
        return [t for t in self.everything if state in {None, t.state}][:limit]

    def in_heap(self):
        return 0

    def ticket(self, number):
        if number != 7:
            return None
        events = (
            Event(ticket=7, at=NOW, what=why("event.opened.weighed", priority=1, because=why("mute.hold"))),
            Event(ticket=7, at=NOW, what=why("event.promised.by", due=NOW), by="ack"),
            Event(ticket=7, at=NOW, what=why("event.taken"), by="mara"),
        )
        return TicketPage(ticket=ticket(7), messages=(MESSAGE,), promises=(PROMISE,), events=events, outgoing=(ROW,))

    def promises(self, state=PromiseState.OPEN, limit=100):
        return [PROMISE][:limit]

    def outbox(self, state=None, limit=100):
        return [ROW] if state in {None, OutboxState.SENT} else []


@pytest.fixture
def lists(monkeypatch):
    monkeypatch.setattr("mailbot.app.views.open_lists", lambda config: Lists())


def test_ticket_list(call, site, lists):
    code, out, _ = call("ticket", "list", "--site", site)
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == ["ticket", "#7", "#8"]
    assert "\x1b" not in out
    _, out, _ = call("ticket", "list", "--all", "--json", "--site", site)
    assert [json.loads(line)["number"] for line in out.splitlines()] == [5, 7, 8]
    _, out, _ = call("ticket", "list", "--limit", "1", "--json", "--site", site)
    assert [json.loads(line)["number"] for line in out.splitlines()] == [7]


def test_ticket_show(call, site, lists):
    code, out, _ = call("ticket", "show", "7", "--site", site)
    assert code == 0
    assert "2026-03-06 14:00 CET" in out
    assert "It is cold." in out
    assert "notice sent" in out
    assert "2026-03-06 15:00 CET" in out
    lines = [re.split(" {2,}", line.strip()) for line in out.splitlines()]
    told = {cells[1]: cells[-1] for cells in lines if len(cells) > 1}
    assert told["opened (desk)"] == "priority 1: a rule wants a person to answer first"
    assert told["promised (ack)"] == "an answer by 2026-03-06 14:00 CET"
    assert "taken (mara)" in told
    code, out, err = call("ticket", "show", "9", "--site", site)
    assert (code, out, err) == (1, "", "mailbot: there is no ticket 9\n")


def test_what_happened_is_given_to_programs_as_code_arguments_and_words(call, site, lists):
    _, out, _ = call("ticket", "show", "7", "--json", "--site", site)
    opened, promised, taken = json.loads(out)["events"]
    hold = {"code": "mute.hold", "args": {}, "words": "a rule wants a person to answer first"}
    assert opened["what"] == {
        "code": "event.opened.weighed",
        "args": {"because": hold, "priority": "1"},
        "words": f"opened: priority 1: {hold['words']}",
    }
    assert promised["what"]["args"] == {"due": "2026-03-06T13:00:00+00:00"}
    assert promised["what"]["words"] == "promised: an answer by 2026-03-06T13:00:00+00:00"
    assert taken == {
        "ticket": 7,
        "at": "2026-03-06T13:00:00+00:00",
        "what": {"code": "event.taken", "args": {}, "words": "taken"},
        "by": "mara",
    }


def test_promises_and_outbox(call, site, lists):
    _, out, _ = call("promises", "--site", site)
    assert "#7" in out
    assert "2026-03-06 15:00 CET" in out
    _, out, _ = call("promises", "--json", "--site", site)
    assert json.loads(out)["due"] == "2026-03-06T14:00:00+00:00"
    _, out, _ = call("promises", "open", "--site", site)
    assert "#7" in out
    _, out, _ = call("outbox", "--site", site)
    assert "250 ok" in out
    _, out, err = call("outbox", "--state", "failed", "--site", site)
    assert (out, err) == ("", "mailbot: nothing in the outbox\n")
    assert call("outbox", "--state", "lost", "--site", site)[0] == 2


def test_what_lets_its_bearer_act_is_never_shown(call, site, lists):
    for args in (["outbox"], ["outbox", "--json"], ["ticket", "show", "7"], ["ticket", "show", "7", "--json"]):
        _, out, _ = call(*args, "--site", site)
        assert "secret" not in out


# --- the command itself ----------------------------------------------------------------------------------------------


def python(*args, **more):
    env = {key: value for key, value in os.environ.items() if key not in {"FORCE_COLOR", "PYTHONWARNINGS"}}
    return subprocess.run(
        [sys.executable, *args], cwd=ROOT, env=env | more, capture_output=True, text=True, timeout=300, check=False
    )


def test_help_and_version():
    told = python("-m", "mailbot", "--help")
    assert told.returncode == 0
    for command in (
        "init",
        "run",
        "once",
        "check",
        "migrate",
        "demo",
        "explain",
        "replay",
        "ticket",
        "promises",
        "outbox",
    ):
        assert f"\n  {command} " in told.stdout
    assert "..." not in told.stdout.split("Commands:")[1]
    assert python("-m", "mailbot", "--version").stdout == f"mailbot {mailbot.__version__}\n"


def test_output_into_a_closed_pipe_and_a_narrow_locale_is_quiet():
    script = "from mailbot.cli import output; [output.put('ü' * 200) for _ in range(9999)]"
    main = f"import mailbot.cli.main as c; c.app = lambda **_: exec({script!r}, {{}}); c.main()"
    piped = subprocess.run(
        ["sh", "-c", 'PYTHONIOENCODING=ascii "$0" -c "$1" | head -n 1', sys.executable, main],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert piped.stdout.startswith("\\xfc")
    assert piped.stderr == ""


def test_words():
    assert output.words([{"name": None, "address": "a@b.example"}, {"name": "C", "address": "c@d.example"}]) == (
        "a@b.example\nC <c@d.example>"
    )
    assert output.words(["ack", "notice"]) == "ack, notice"
    assert output.words({"level": 2, "why": "", "also": [1]}) == "level 2 · also 1"
    assert output.one_line("a\n b" + "x" * 100, 10) == "a bxxxxxx…"
    assert output.plain({"d": timedelta(minutes=1), "s": {"b", "a"}, "token": b"x"}) == {
        "d": 60.0,
        "s": ["a", "b"],
        "token": "b'x'",
    }


def test_a_stored_reason_is_shown_in_words_and_given_to_programs_as_code_and_words():
    import json

    from mailbot.adapters.letters.phrases import Phrases
    from mailbot.adapters.terminal import clean
    from mailbot.core.model.reason import Reason

    shipped = Phrases((Path(__file__).parents[3] / "templates/en/phrases.toml").read_text("utf-8"))
    code = min(shipped.codes)
    reason = Reason(code)
    words = shipped.said(reason.field)
    assert clean(str(reason)) == words
    told = output.plain({"detail": str(reason), "other": "a sentence"})
    assert json.loads(json.dumps(told)) == {
        "detail": {"code": code, "args": {}, "words": words},
        "other": "a sentence",
    }
    assert output.words(told["detail"]) == words
