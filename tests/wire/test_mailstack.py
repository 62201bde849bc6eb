"""The real servers of other tests: that they start, end, and say why when they are not available."""

import os
import subprocess
import sys

import pytest

from tests.servers import mailstack as stack_module
from tests.servers.mailstack import CannotRun, alive, check, stop

RAW = b"From: ana@customer.example\r\nSubject: hello\r\n\r\nhello\r\n"


def test_a_mail_given_by_lmtp_can_be_read(mailstack):
    mailstack.empty("mia@desk.example")
    mailstack.deliver_lmtp("mia+t-1@desk.example", RAW)
    (mail,) = mailstack.wait_for("mia@desk.example", 1)
    assert mail.endswith(RAW)
    assert b"Delivered-To: mia+t-1@desk.example" in mail
    assert mailstack.mailbox("mia@desk.example", "No such folder") == []
    mailstack.empty("mia@desk.example")
    assert mailstack.mailbox("mia@desk.example") == []


def test_what_is_missing_is_named(monkeypatch):
    if os.geteuid() != 0:
        pytest.skip("asked as root only")
    monkeypatch.setattr(stack_module.shutil, "which", lambda name, path: None if name == "postfix" else name)
    with pytest.raises(CannotRun, match="not installed: postfix"):
        check()


def test_an_ordinary_user_is_told(monkeypatch):
    monkeypatch.setattr(stack_module.os, "geteuid", lambda: 1000)
    with pytest.raises(CannotRun, match="not root"):
        check()


@pytest.mark.parametrize("stubborn", [False, True])
def test_servers_are_ended_by_their_process_id(tmp_path, stubborn, monkeypatch):
    monkeypatch.setattr(stack_module, "PATIENCE", 0.3)
    ignore = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " if stubborn else ""
    program = f"{ignore}print(1, flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        child.stdout.readline()
        (tmp_path / "run").mkdir()
        (tmp_path / "run" / "master.pid").write_text(f"{child.pid}\n")
        stop(tmp_path)
        assert child.wait(5) < 0
    assert not alive(child.pid)
