"""What runs beside the mail of a desk: calls, for which no mail waits, and calendars."""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from mailbot.core.model.absence import ToldBy
from mailbot.core.model.known import Keys
from mailbot.demo.servers import EmbeddedServers
from tests.wire.daemon import BEN, BILLING, DESK, MIA, PASSWORD, letter, new_site, wait_until

ANA = ("Ana Soto", "ana@customer.example")
DOWN = "Hello,\n\nour whole shop is down, nobody can order, error 503 everywhere!\n\nAna Soto\n"
SAYS = "import os, sys; open('called', 'a').write(os.environ['MAILBOT_AGENT'] + ': ' + sys.stdin.read())"
SLEEPS = "import time; open('begun', 'w').close(); time.sleep(60)"
STOP_WITHIN = 30.0


@pytest.fixture
def servers():
    users = {DESK: PASSWORD, BILLING: PASSWORD, BEN[1]: PASSWORD, MIA[1]: PASSWORD, ANA[1]: PASSWORD}
    with EmbeddedServers(users).run_in_thread() as running:
        yield running


@pytest.fixture
def site_that_runs(servers, tmp_path):
    """A desk that is closed now, with that program to call people."""
    with new_site(tmp_path / "site", warm=True, few_rules=True) as made:

        def configure(program):
            made.configure(smtp=servers.smtp_port, imap=servers.imap_port)
            days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
            open_on = days[(datetime.now(UTC) + timedelta(days=3)).weekday()]
            hours = "\n".join(f'{day} = "{"09:00-10:00" if day == open_on else "closed"}"' for day in days)
            command = json.dumps([sys.executable, "-c", program])
            more = f'\n[hours]\n{hours}\n\n[oncall]\nrota = ["ben"]\ntimeout = "60s"\ncommand = {command}\n'
            config = made.folder / "config.toml"
            config.write_text(config.read_text("utf-8") + more, "utf-8")
            return made

        yield configure


def test_whoever_is_on_call_is_called_for_an_outage(servers, site_that_runs):
    site = site_that_runs(SAYS)
    site.start()
    servers.deliver_now(DESK, letter(ANA, DESK, "Shop down", DOWN))
    called = site.folder / "called"
    wait_until(lambda: called.is_file() and called.read_text("utf-8").endswith("\n"))
    assert called.read_text("utf-8").startswith("ben: Desk Support: Ana Soto writes that something is down")
    wait_until(lambda: servers.messages(BEN[1]))


def test_no_mail_and_no_stop_waits_for_a_program_that_takes_its_time(servers, site_that_runs):
    site = site_that_runs(SLEEPS)
    daemon = site.start()
    servers.deliver_now(DESK, letter(ANA, DESK, "Shop down", DOWN))
    wait_until((site.folder / "begun").is_file)
    began = time.monotonic()
    servers.deliver_now(
        DESK, letter(("Eve Moss", "eve@customer.example"), DESK, "Export", "Hello,\n\nthe export fails.\n\nEve\n")
    )
    wait_until(lambda: any(b"Export" in raw for raw in servers.messages(BEN[1])))
    assert time.monotonic() - began < 50, "the program sleeps for a minute"
    code, seconds = daemon.terminate()
    assert (code, seconds < STOP_WITHIN) == (0, True)


def test_a_running_desk_looks_into_the_calendars(servers, tmp_path):
    today, ends = datetime.now(UTC) - timedelta(days=1), datetime.now(UTC) + timedelta(days=2)
    event = f"SUMMARY:Vacation\r\nDTSTART;VALUE=DATE:{today:%Y%m%d}\r\nDTEND;VALUE=DATE:{ends:%Y%m%d}\r\n"
    with new_site(tmp_path / "site", warm=True, few_rules=True) as site:
        site.configure(smtp=servers.smtp_port, imap=servers.imap_port)
        (site.folder / "ben.ics").write_text(
            f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{event}END:VEVENT\r\nEND:VCALENDAR\r\n", "utf-8"
        )
        config = site.folder / "config.toml"
        said = config.read_text("utf-8").replace('id = "ben"', 'id = "ben"\ncalendar = "ben.ics"')
        config.write_text(said, "utf-8")
        daemon = site.start()
        daemon.wait_for("calendar", agent="ben", outcome="away")
        with site.store() as store:
            (absence,) = store.lookup(Keys(content_key="", sender=None), datetime.now(UTC)).absences
        assert (absence.agent, absence.by) == ("ben", ToldBy.CALENDAR)
