"""The built wheel lays out a desk by itself, without the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    assert wheel.name.startswith("mailbot_desk-")
    target = folder / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


def run(unpacked, *words, cwd):
    environment = {**os.environ, "PYTHONPATH": str(unpacked)}
    return subprocess.run(
        [sys.executable, "-m", "mailbot", *words], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def test_the_wheel_holds_what_a_site_is_made_of(unpacked):
    data = unpacked / "mailbot" / "data"
    assert {path.name for path in data.iterdir()} >= {"rules", "templates", "migrations", "config.example.toml"}
    assert list(data.glob("rules/*.toml"))
    assert list(data.glob("migrations/versions/*.py"))
    assert (data / "templates" / "de" / "ack.txt.j2").is_file()


def test_a_desk_is_laid_out_and_its_database_made(unpacked, tmp_path):
    made = run(unpacked, "init", "desk", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    site = tmp_path / "desk"
    assert {path.name for path in site.iterdir()} == {"config.toml", "rules", "templates", "storage"}
    code = "import mailbot; print(mailbot.__file__)"
    where = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(unpacked)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert Path(where.stdout.strip()).is_relative_to(unpacked)
    mail = tmp_path / "a.eml"
    mail.write_bytes(b"From: ana@lake.example\r\nTo: help@desk.example\r\nSubject: down\r\n\r\nOur shop is down.\r\n")
    explained = run(unpacked, "explain", "--json", str(mail), cwd=tmp_path)
    assert '"kind": "person"' in explained.stdout, explained.stderr
    replayed = run(unpacked, "replay", "--json", str(mail), cwd=tmp_path)
    assert '"ticket": 1' in replayed.stdout, replayed.stderr
