"""The systemd unit: systemd takes it as it stands, and a desk works under what it forbids, as far as that can be had here."""

from __future__ import annotations

import configparser
import ctypes
import os
import pwd
import re
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.wire.daemon import BEN, DESK, ROOT, letter, new_site, parsed, wait_until

pytestmark = pytest.mark.slow

UNIT = ROOT / "packaging" / "mailbot.service"
ANA = ("Ana Soto", "ana@customer.example")
WORST = 1.5
"""The exposure that systemd may find at most: 0 is none, 10 all of it."""

PR_SET_NO_NEW_PRIVS, PR_CAPBSET_DROP, PR_SET_MDWE, CAPABILITIES = 38, 24, 65, 41


def settings():
    """The lines of the unit's [Service] section, by key; a key may stand there more than once."""
    found = {}
    section = UNIT.read_text().partition("[Service]")[2].partition("[Install]")[0]
    for key, value in re.findall(r"^(\w+)=(.*)$", section, re.MULTILINE):
        found.setdefault(key, []).append(value)
    return found


def test_the_unit_runs_the_desk_and_passes_it_credentials():
    unit = settings()
    command = shlex.split(unit["ExecStart"][0])
    assert (Path(command[0]).name, command[1:3]) == ("mailbot", ["run", "--site"])
    assert unit["ReadWritePaths"] == [f"{command[3]}/storage"]
    named = set(re.findall(r"\$\{CREDENTIALS_DIRECTORY\}/([\w-]+)", (ROOT / "config.example.toml").read_text()))
    passed = {one.partition(":")[0] for one in unit["LoadCredential"]}
    assert "smtp-password" in named & passed
    assert unit["RestartPreventExitStatus"] == ["2"]
    assert float(unit["TimeoutStopSec"][0]) > 10, "SIGTERM is given its ten seconds"
    assert configparser.ConfigParser(strict=False, allow_no_value=True).read_string(UNIT.read_text()) is None


def test_systemd_takes_the_unit_and_finds_it_hardly_exposed(tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    here = tmp_path / UNIT.name
    # only what is not installed on the machine of a test is left out
    text = UNIT.read_text().replace("/opt/mailbot/bin/mailbot", "/bin/true").replace("Documentation=", "# ")
    here.write_text(text)
    verified = subprocess.run(["systemd-analyze", "verify", here], capture_output=True, text=True, check=False)
    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")
    judged = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", here],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    score = re.search(r"Overall exposure level.*: (\d+\.\d)", judged.stdout)
    assert float(score[1]) <= WORST


HARDEN = f"""
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
def prctl(option, value):
    if libc.prctl(option, value, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl", str(option))
for capability in range({CAPABILITIES}):
    prctl({PR_CAPBSET_DROP}, capability)
os.setgroups([]); os.setgid(int(sys.argv[2])); os.setuid(int(sys.argv[1]))
prctl({PR_SET_NO_NEW_PRIVS}, 1)
prctl({PR_SET_MDWE}, 1)
os.umask(0o077)
os.execv(sys.executable, [sys.executable, "-m", "mailbot", *sys.argv[3:]])
"""


def anybody_may_run_python():
    """Whether each folder above the interpreter lets other users in."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in Path(sys.executable).resolve().parents)


def can_forbid_new_code():
    """Whether this kernel has PR_SET_MDWE, which is what MemoryDenyWriteExecute= asks for (Linux 6.3)."""
    return ctypes.CDLL(None).prctl(66, 0, 0, 0, 0) >= 0  # PR_GET_MDWE


def test_a_desk_works_as_a_user_without_rights_that_may_write_in_its_storage_alone(mailstack):
    if not can_forbid_new_code():
        pytest.skip("this kernel cannot forbid a process to make memory executable")
    for address in (DESK, BEN[1], ANA[1]):
        mailstack.empty(address)
    # root without a single capability is a user like others
    user, other = pwd.getpwnam("mail" if anybody_may_run_python() else "root"), pwd.getpwnam("postfix")
    # not below pytest's own folder, which only root may enter
    with tempfile.TemporaryDirectory(prefix="hardened-", dir="/tmp") as folder, new_site(Path(folder) / "desk") as site:
        Path(folder).chmod(0o755)
        credentials = Path(folder) / "credentials"
        credentials.mkdir()
        for name in ("smtp-password", "support-password"):
            (credentials / name).write_text("secret\n")
        site.configure(smtp=mailstack.submission, imap=mailstack.imap, poll="1s")
        config = site.folder / "config.toml"
        by_file = 'password_file = "${CREDENTIALS_DIRECTORY}/smtp-password"'
        config.write_text(config.read_text().replace('password_env = "MAILBOT_TEST_PASSWORD"', by_file))
        os.chown(site.folder, other.pw_uid, other.pw_gid)
        for path in (site.folder / "storage", *(site.folder / "storage").rglob("*"), *credentials.iterdir()):
            os.chown(path, user.pw_uid, user.pw_gid)
            path.chmod(0o700 if path.is_dir() else 0o600)
        log = Path(folder) / "log"
        command = [sys.executable, "-c", HARDEN, str(user.pw_uid), str(user.pw_gid), "run", "--site", str(site.folder)]
        env = {"PATH": os.environ["PATH"], "CREDENTIALS_DIRECTORY": str(credentials), "PYTHONPATH": str(ROOT)}
        with log.open("wb") as file:
            desk = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, cwd="/", env=env)
        try:
            wait_until(lambda: b'"watching"' in log.read_bytes() or desk.poll() is not None, "the inbox is watched")
            assert desk.poll() is None, log.read_text()
            mailstack.deliver_lmtp(DESK, letter(ANA, DESK, "How do I export?", "How do I export my invoices?\n\nAna"))
            mailstack.deliver_lmtp(DESK, letter(ANA, DESK, "Another thing", "The menu is gone.\n\nAna"))
            (first, *_) = mailstack.wait_for(ANA[1], 2)
            assert parsed(first)["Auto-Submitted"] == "auto-replied"
        finally:
            desk.terminate()
            assert desk.wait(30) == 0, log.read_text()
        assert b'"no wall"' not in log.read_bytes(), "mail is read within limits there too"
        assert (site.folder / "storage" / "desk.db").stat().st_uid == user.pw_uid
