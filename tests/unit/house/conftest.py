"""The command line as the shell calls it, and a site with a few tickets to call it on."""

from __future__ import annotations

import shutil
import sys

import pytest

from mailbot.adapters.site import data_dir
from mailbot.cli import main
from tests.simulation.simulated_desk import MARA, SimulatedDesk, mail

CONFIG = """
[desk]
name = "Harbour Boats"
timezone = "Europe/Berlin"
[store]
url = "sqlite:///{database}"
[smtp]
host = "smtp.harbour.example"
[[inbox]]
name = "support"
address = "support@harbour.example"
host = "imap.harbour.example"
password_env = "HARBOUR_PASSWORD"
[[agent]]
id = "mara"
name = "Mara"
addresses = ["mara@harbour.example"]
"""
REFUND = "I was charged twice for my order. Please refund it."
COLOUR = "How do I change the colour of the widget?"


@pytest.fixture
def call(monkeypatch, capsys):
    """Run the command as the shell would: exit code, stdout, stderr."""

    def run(*args):
        monkeypatch.setattr(sys, "argv", ["mailbot", *map(str, args)])
        capsys.readouterr()  # discards what the simulated desk logged
        with pytest.raises(SystemExit) as ended:
            main.main()
        out, err = capsys.readouterr()
        return ended.value.code or 0, out, err

    return run


@pytest.fixture
def desk():
    made = SimulatedDesk()
    yield made
    made.close()


@pytest.fixture
def site(tmp_path, desk):
    """A desk with two tickets, the second of which an agent set from 4 to 3."""
    desk.receive(mail("Ada <ada@customer.example>", REFUND, at=desk.clock.now(), subject="My order"))
    desk.receive(mail("Ben <ben@customer.example>", COLOUR, at=desk.clock.now(), subject="Widgets"))
    desk.receive(mail(MARA.addresses[0], "/p 3\n", at=desk.clock.now(), to=desk.last("new", "mara").reply_to))
    folder = tmp_path / "site"
    shutil.copytree(data_dir("rules"), folder / "rules")
    (folder / "config.toml").write_text(CONFIG.format(database=desk._folder / "desk.db"), "utf-8")
    return folder
