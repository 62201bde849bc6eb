"""`mailbot check` proposes the section of a form after three of its mails: what it prints is pasted, and works."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

from typer.testing import CliRunner

from mailbot.adapters.store.sql_store import open_store
from mailbot.app.form_proposals import proposed_sections
from mailbot.cli.main import app
from mailbot.config import load_config
from mailbot.ports import RawMail
from tests.simulation.simulated_desk import empty_database
from tests.unit.house.test_check_agents import CONFIG

NOW = datetime(2026, 3, 6, 13, 0, tzinfo=UTC)
FORM = """From: Boats <wordpress@boats.example>
To: support@harbour.example
Subject: Message from the site
Message-ID: <{n}@boats.example>
Reply-To: {name} <{local}@mail.example>
Content-Type: text/plain; charset=utf-8

Name: {name}
E-Mail: {local}@mail.example
Boat: Tern {n}
Message: The hull
of number {n} leaks.
"""
PEOPLE = (("Ada Byrne", "ada"), ("Bob Moss", "bob"), ("Cy Lind", "cy"))


def site(tmp_path: Path, mails: int, more: str = "") -> Path:
    (tmp_path / "config.toml").write_text(CONFIG.format(more="") + more, encoding="utf-8")
    (tmp_path / "storage").mkdir(exist_ok=True)
    shutil.copy(empty_database(), tmp_path / "storage" / "desk.db")
    store = open_store(load_config(tmp_path).database_url)
    store.baseline("support", 1, 1, NOW)
    for n, (name, local) in enumerate(PEOPLE[:mails], 1):
        raw = FORM.format(n=n, name=name, local=local).replace("\n", "\r\n").encode()
        store.put([RawMail(mailbox="support", uidvalidity=1, uid=n, raw=raw, size=len(raw))], NOW)
    store.close()
    return tmp_path


def checked(folder: Path) -> str:
    ran = CliRunner().invoke(app, ["check", "--offline", "--site", str(folder)])
    return ran.output + (ran.stderr if ran.stderr not in ran.output else "")


def test_two_mails_propose_nothing(tmp_path):
    assert proposed_sections(load_config(site(tmp_path, 2))) == []


def test_after_three_the_section_is_printed_and_once_pasted_no_more(tmp_path):
    said = checked(site(tmp_path, 3))
    assert "three mails" in said or "3 mails of wordpress@boats.example" in said
    section = said[said.index("[[form]]") :]
    section = section[: section.index("leaks") if "leaks" in section else section.rindex('line."') + len('line."')]
    assert 'customer = ["reply-to", "line:E-Mail"]' in section
    assert 'keep = { boat = "Boat" }' in section
    assert not any(local in said for _, local in PEOPLE[1:])
    again = site(tmp_path, 3, f"\n{section}\n")
    assert load_config(again).forms[0].called == "wordpress"
    assert "[[form]]" not in checked(again)


def test_without_a_database_nothing_is_proposed(tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG.format(more=""), encoding="utf-8")
    assert proposed_sections(load_config(tmp_path)) == []
