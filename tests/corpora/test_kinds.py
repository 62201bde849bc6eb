"""What sort of mail it is, by example: one file per kind of machine and language, and people who write much alike."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailbot.core.intake.automatic.bounce import find_bounce
from mailbot.core.intake.newtext import new_text
from mailbot.core.intake.read import read
from mailbot.core.intake.screen import Own, screen
from mailbot.core.intake.tokens import Signer
from mailbot.core.model.mail import Kind, Mail

FOLDER = Path(__file__).parent / "kinds"
EXAMPLES = sorted(FOLDER.glob("*/*.eml"))
BOUNCES = tomllib.loads((FOLDER / "bounce" / "expected.toml").read_text("utf-8"))
OWN = Own(own_addresses=frozenset({"help@desk.example"}), signer=Signer(b"a secret of the tests"))
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def kind_of(path):
    raw = path.read_bytes()
    mail = read(raw)
    assert isinstance(mail, Mail)
    return screen(mail, new_text(mail), own=OWN, now=NOW, bounce=find_bounce(mail, raw))


def test_there_are_examples():
    assert len(EXAMPLES) > 420
    assert {path.parent.name for path in EXAMPLES} >= {kind.value for kind in Kind} - {"own", "unreadable"}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_kind(path):
    got = kind_of(path)
    assert got.kind.value == path.parent.name, got.reason
    assert got.may_answer == (got.kind is Kind.PERSON)


@pytest.mark.parametrize("name", BOUNCES)
def test_bounce(name):
    wanted = BOUNCES[name]
    raw = (FOLDER / "bounce" / f"{name}.eml").read_bytes()
    got = find_bounce(read(raw), raw)
    assert sorted(each.address for each in got.recipients) == sorted(wanted["recipients"])
    assert got.delayed == wanted.get("delayed", False)
    if "permanent" in wanted:
        assert {each.permanent for each in got.recipients} == {wanted["permanent"]}
    if "status" in wanted:
        assert {each.status for each in got.recipients} == {wanted["status"]}
    if "letter" in wanted:
        assert got.original_message_id == wanted["letter"]


def test_every_bounce_is_described():
    assert {path.stem for path in (FOLDER / "bounce").glob("*.eml")} == set(BOUNCES)
