"""`mailbot quarantine`, on a database of its own; and what no command shows."""

from __future__ import annotations

import json
import sys

import pytest

from mailbot.adapters.store.sql_store import open_store
from mailbot.app.quarantine import shown
from mailbot.cli import main
from mailbot.cli.output import clean, plain, said, size
from mailbot.core.intake.tokens import Signer, Token, TokenKind, masked
from mailbot.core.model.decision import Decision
from mailbot.core.model.reason import why
from tests.contract.made import HOUR, NOW, raw_mail
from tests.simulation.simulated_desk import BERLIN

CONFIG = """
[desk]
name = "Harbour Boats"
timezone = "Europe/Berlin"
[smtp]
host = "smtp.harbour.example"
[[inbox]]
name = "support"
address = "support@harbour.example"
host = "imap.harbour.example"
password_env = "HARBOUR_PASSWORD"
[[agent]]
id = "mia"
name = "Mia"
addresses = ["mia@harbour.example"]
"""
EVIL = (
    b"From: =?utf-8?q?Z=C3=B6e?= <zoe@else.example>\r\nSubject: a\x1b[2Jb\r\n =?utf-8?b?w6k=?= and on\r\nX-Long: "
    + b"y" * 5000
    + b"\r\n\r\nHello \x1b]0;x\x07\xe2\x80\xaethere\r\n"
    + b"line\r\n" * 100
)
SIGNER = Signer(b"a secret for tests, thirty-two by")


@pytest.fixture
def call(tmp_path, monkeypatch, capsys):
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "storage").mkdir()

    def run(*args):
        monkeypatch.setattr(sys, "argv", ["mailbot", "quarantine", *map(str, args), "--site", str(tmp_path)])
        with pytest.raises(SystemExit) as ended:
            main.main()
        out, err = capsys.readouterr()
        return ended.value.code or 0, out, err

    return run


@pytest.fixture
def aside(tmp_path, call):
    """The number of a mail that is put aside."""
    store = open_store(f"sqlite:///{tmp_path}/storage/desk.db")
    store.put([raw_mail(5, raw=EVIL)], NOW)
    [claim] = store.claim("w", NOW, HOUR, 1)
    store.commit(
        Decision(outcome="quarantined", reason=why("note.told", words="parts nested\x1b more than 30 deep")), NOW, claim
    )
    store.close()
    return claim.inbound


def test_what_is_put_aside_is_listed(call, aside):
    code, out, _ = call("list")
    assert code == 0
    assert "parts nested� more than 30 deep" in out
    assert "2026-03-02 10:30 CET" in out
    assert "6 kB" in out
    _, out, _ = call("list", "--json")
    assert json.loads(out)["id"] == aside


def test_a_mail_is_shown_without_doing_anything_to_the_terminal(call, aside, tmp_path):
    code, out, err = call("show", aside, "--save", tmp_path / "mail.eml")
    assert code == 0
    assert "Zöe <zoe@else.example>" in out
    assert "a�[2Jb é and on" in out
    assert "Hello" in out
    assert out.count("line") < 60, "the first lines, and how much more there is"
    assert "more" in out
    assert not any(c in out for c in "\x1b\x07\u202e")
    assert f"mailbot quarantine retry {aside}" in err
    assert (tmp_path / "mail.eml").read_bytes() == EVIL
    _, out, _ = call("show", aside, "--json")
    assert json.loads(out)["headers"]["From"] == "Zöe <zoe@else.example>"


def test_one_that_is_put_back_is_gone_from_here(call, aside):
    code, out, err = call("retry", aside)
    assert (code, out) == (0, "")
    assert "will be decided again" in err
    code, _, err = call("retry", aside)
    assert code == 1
    assert "no mail" in err
    assert call("show", aside)[0] == 1
    assert call("list")[2] == "mailbot: nothing is put aside\n"
    assert call("show", "0")[0] == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\n", b"\r\n\r\n", b"Subject", b"Subject: =?", b"Subject: =?nope?q?x?=\n\nx", b"From:\n" * 99,
        b"Subject: " + b"=?utf-8?q?a?= " * 20_000, b"Subject: =?utf-8?b?!!!?=\n\n" + b"\0" * 100, bytes(range(256)) * 400,
    ],
)  # fmt: skip
def test_whatever_it_is_can_be_shown(raw, aside, tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/storage/desk.db")
    about, _ = store.quarantine.mail(aside)
    told = shown(about, raw)
    assert len(json.dumps(plain(told))) < 200_000
    store.close()


# --- what no command shows -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "token",
    [
        Token(kind=TokenKind.AGENT, ticket=7, agent="mia", epoch=2, answers=3),
        Token(kind=TokenKind.CUSTOMER, ticket=7),
        Token(kind=TokenKind.BOUNCE, ticket=123456),
        Token(kind=TokenKind.HELD, agent="mia", ref="id000000000001"),
    ],
)
def test_no_signature_is_shown_whole(token):
    signed = SIGNER.sign(token)
    secret = SIGNER.secret_word("key")[:16]
    for text in (
        f"Lumen <help+{signed}@lumen.example>",
        f"HELP+{signed.upper()}@LUMEN.EXAMPLE",
        f"<{signed}.{secret}@lumen.example>",
        f"<m.{secret}@lumen.example>",
        f"ticket-7.{secret}",
        f"mailto:help%2B{signed}@lumen.example?subject=x",
    ):
        for told in (masked(text), clean(text), str(plain({"x": [text]}))):
            assert signed.rpartition("-")[2] not in told.lower()
            assert secret not in told.lower()
            assert SIGNER.read(told) is None
            assert "…" in told


@pytest.mark.parametrize(
    "text",
    [
        "Kfz-Haftpflichtversicherung.", "<a-b.c@shop.example>", "CAF-abc.def@mail.example", "m.lind@lumen.example",
        "ticket-7.2", "a-bcdefghijklmnopqrstuvwxy", "2026-03-06T14:00:00+00:00",
    ],
)  # fmt: skip
def test_other_words_are_shown_as_they_are(text):
    assert masked(text) == text


def test_the_diary_tells_times_in_the_readers_zone():
    assert (
        said(why("event.promised.by", due="2026-03-02T10:00:00+00:00"), BERLIN) == "an answer by 2026-03-02 11:00 CET"
    )
    assert (
        said(why("event.promised.by", due="2026-07-02T10:00:00.5+00:00"), BERLIN)
        == "an answer by 2026-07-02 12:00 CEST"
    )
    assert said(why("event.promised.by", due="noon"), BERLIN) == "an answer by noon"


def test_sizes_are_told_as_people_tell_them():
    assert [size(n) for n in (0, 812, 14_200, 2_340_000)] == ["0 bytes", "812 bytes", "14 kB", "2.3 MB"]
