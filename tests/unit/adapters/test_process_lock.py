"""A locked file shows that a process is alive, and its end is noticed at once."""

from __future__ import annotations

import subprocess
import sys

import pytest

from mailbot.adapters.process.process_lock import FileProcessLock

CHILD = """
import sys
from pathlib import Path
from mailbot.adapters.process.process_lock import FileProcessLock
line = FileProcessLock(Path(sys.argv[1]), sys.argv[2])
print("locked", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def child(tmp_path):
    command = [sys.executable, "-c", CHILD, str(tmp_path / "running"), "host:12:abc1"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"locked\n"
        yield process
        process.kill()


def test_a_killed_process_is_gone_and_a_living_one_is_not(child, tmp_path):
    own = FileProcessLock(tmp_path / "running", "host:13:abc2")
    assert not own.gone("host:12:abc1")
    child.kill()
    child.wait(10)
    assert own.gone("host:12:abc1")
    assert [path.name for path in (tmp_path / "running").iterdir()] == ["abc2.lock"]
    assert not own.gone("host:12:abc1")
    own.close()
    assert list((tmp_path / "running").iterdir()) == []


def test_of_another_machine_and_of_itself_it_knows_nothing(tmp_path):
    own = FileProcessLock(tmp_path, "host:13:abc2")
    assert not own.gone("elsewhere:1:ffff")
    assert not own.gone("host:13:abc2")
    own.close()
    own.close()


def test_a_holder_from_the_database_reaches_no_other_file(tmp_path):
    (tmp_path / "secret.lock").write_text("x")
    own = FileProcessLock(tmp_path / "running", "host:13:abc2")
    assert not own.gone("host:1:../secret")
    assert (tmp_path / "secret.lock").exists()
    own.close()


def test_a_folder_that_cannot_be_made_is_said_and_survived(tmp_path):
    (tmp_path / "file").write_text("x")
    own = FileProcessLock(tmp_path / "file" / "running", "host:13:abc2")
    assert not own.gone("host:12:abc1")
    own.close()
