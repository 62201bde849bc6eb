"""The built wheel, installed where nothing else is: it runs, lays out a desk and brings a database up to date."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from mailbot import __version__

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
MAIL = b"From: ana@lake.example\r\nTo: help@desk.example\r\nSubject: down\r\n\r\nOur shop is down.\r\n"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel as it is published."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@dataclass(frozen=True)
class Installed:
    """A virtual environment with nothing of ours but the wheel. It borrows the libraries, so that no network is needed."""

    venv: Path

    def run(self, *words, cwd, code=0, **env):
        """What the command wrote, started away from the checkout; fails unless it exits with `code`."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "MAILBOT", "VIRTUAL"))
        }
        done = subprocess.run(
            [self.venv / "bin" / "mailbot", *words],
            cwd=cwd,
            env=kept | env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    venv = tmp_path_factory.mktemp("installed") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    site_packages = venv / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    pip = [sys.executable, "-m", "pip", "--python", venv, "install", "--quiet", "--no-index", "--no-deps", wheel]
    subprocess.run(pip, check=True, capture_output=True)
    # a line in a .pth file comes last on the path, and no .pth file of that folder (the editable install) is read
    (site_packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return Installed(venv)


def test_the_wheel_holds_what_a_desk_is_made_of_and_nothing_else(wheel):
    assert wheel.name == f"mailbot_desk-{__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {name.split("/")[0] for name in names}
    assert tops == {"mailbot", f"mailbot_desk-{__version__}.dist-info"}
    assert not [name for name in names if name.endswith((".pyc", ".db", "/secret")) or "__pycache__" in name]
    data = {name.removeprefix("mailbot/data/") for name in names if name.startswith("mailbot/data/")}
    kept = subprocess.run(
        ["git", "ls-files", "rules", "templates", "storage/migrations"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    assert data == {name.removeprefix("storage/") for name in kept} | {"config.example.toml"}


def test_the_installed_program_is_the_wheels_and_says_its_version(installed, tmp_path):
    said = installed.run("--version", cwd=tmp_path)
    assert said.stdout == f"mailbot {__version__}\n"
    where = subprocess.run(
        [installed.venv / "bin" / "python", "-c", "import mailbot; print(mailbot.__file__)"],
        cwd=tmp_path, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert Path(where.stdout.strip()).is_relative_to(installed.venv)


def test_a_desk_is_laid_out_checked_and_its_database_made(installed, tmp_path):
    answers = ("--address", "support@harbour.example", "--agent", "Mia Holm <mia@harbour.example>")
    installed.run("init", "desk", *answers, "--server", "mail.harbour.example", "--yes", cwd=tmp_path)
    site = tmp_path / "desk"
    assert {path.name for path in site.iterdir()} == {"config.toml", "rules", "templates", "storage"}
    fresh = installed.run("check", "--offline", "--site", "desk", cwd=tmp_path, code=2)
    assert "MAILBOT_PASSWORD" in fresh.stdout + fresh.stderr
    checked = installed.run("check", "--offline", "--site", "desk", cwd=tmp_path, MAILBOT_PASSWORD="one")
    assert re.search(r"^rules +ok$", checked.stdout, re.MULTILINE)
    installed.run("migrate", "--site", "desk", cwd=tmp_path)
    assert (site / "storage" / "desk.db").is_file()
    assert installed.run("ticket", "list", "--json", "--site", "desk", cwd=tmp_path).stdout == ""
    installed.run("rules", "check", "--site", "desk", cwd=tmp_path)


def test_mails_are_judged_without_a_desk(installed, tmp_path):
    mail = tmp_path / "a.eml"
    mail.write_bytes(MAIL)
    explained = json.loads(installed.run("explain", "--json", str(mail), cwd=tmp_path).stdout)
    assert (explained["kind"], explained["priority"]["level"]) == ("person", 1)
    assert json.loads(installed.run("replay", "--json", str(mail), cwd=tmp_path).stdout)["ticket"] == 1
