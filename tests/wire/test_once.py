"""`mailbot once`, as cron calls it: what is there is taken in, what is due is sent, and it ends."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from mailbot.demo.servers import EmbeddedServers
from tests.wire.daemon import DESK, MIA, PASSWORD, ROOT, letter, new_site, parsed

ANA = ("Ana Soto", "ana@customer.example")

pytestmark = pytest.mark.slow


def test_once_takes_in_what_is_there_sends_what_is_due_and_ends(tmp_path):
    users = {DESK: PASSWORD, MIA[1]: PASSWORD, ANA[1]: PASSWORD}
    with (
        EmbeddedServers(users).run_in_thread() as servers,
        new_site(tmp_path / "site", few_rules=True) as site,
    ):
        site.configure(smtp=servers.smtp_port, imap=servers.imap_port)

        def once():
            env = {**os.environ, "MAILBOT_TEST_PASSWORD": PASSWORD, "PYTHONPATH": str(ROOT)}
            words = [sys.executable, "-m", "mailbot", "once", "--site", str(site.folder)]
            ended = subprocess.run(words, env=env, capture_output=True, text=True, timeout=120, check=False)
            assert ended.returncode == 0, ended.stderr

        once()  # what lies in a new mailbox is left alone
        servers.deliver_now(DESK, letter(ANA, DESK, "CSV export is broken", "The export has an empty column."))
        once()
        (ack,) = map(parsed, servers.messages(ANA[1]))
        assert "CSV export is broken" in ack["Subject"]
        told = len(servers.messages(MIA[1]))
        assert told >= 1
        once()  # nothing a second time
        assert (len(servers.messages(ANA[1])), len(servers.messages(MIA[1]))) == (1, told)
