"""A wrong password of the submission server shows as the desk starts, not when the first letter is due."""

from __future__ import annotations

import pytest

from mailbot.demo.servers import EmbeddedServers
from tests.wire.daemon import DESK, PASSWORD, new_site

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("right", [True, False])
def test_a_login_is_tried_before_a_letter_is_due(tmp_path, right):
    with (
        EmbeddedServers({DESK: PASSWORD}).run_in_thread() as servers,
        new_site(tmp_path / "site", warm=True, few_rules=True) as site,
    ):
        site.configure(smtp=servers.smtp_port, imap=servers.imap_port)
        file = site.folder / "config.toml"
        text = file.read_text("utf-8")
        before, smtp, after = text.partition("[smtp]")
        file.write_text(before + smtp + after.replace("MAILBOT_TEST_PASSWORD", "MAILBOT_SMTP", 1), "utf-8")
        daemon = site.start(env={"MAILBOT_SMTP": PASSWORD if right else "hunter2"})
        if not right:
            (line,) = daemon.wait_for("submission", state="lets nobody in")
            assert line["level"] == "error"
            assert line["error"].startswith(f"SMTP 127.0.0.1:{servers.smtp_port}: ")
            assert "[smtp]" in line["hint"]
        code, _ = daemon.terminate()
        assert code == 0
        assert bool(daemon.lines("submission")) is not right
        assert "hunter2" not in daemon.log()
