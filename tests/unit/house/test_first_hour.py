"""The mistakes of a first hour, numbered: each gets a line that says what is wrong, where, and what to do."""

import errno
import json
import os
import shutil
import tempfile
import time
import traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from mailbot.adapters import places
from mailbot.app.stores import store_of
from mailbot.cli.main import app
from mailbot.config import load_config
from mailbot.core.intake.own_probe_back import clock_off
from mailbot.errors import StoreDown

FILLED = {
    "Example Support": "Harbour Boats",
    "Kim Example": "Mia Holm",
    "smtp.your-provider.example": "smtp.harbour.example",
    "imap.your-provider.example": "imap.harbour.example",
    "your-company.example": "harbour.example",
}


@pytest.fixture(scope="module")
def laid_out():
    """As `mailbot init` lays it out, filled in, with few rules and English letters: what is wrong is in neither."""
    above = Path(tempfile.mkdtemp(prefix="site-", dir="/tmp"))
    folder = above / "desk"
    assert CliRunner().invoke(app, ["init", str(folder)]).exit_code == 0
    path = folder / "config.toml"
    text = path.read_text("utf-8")
    for old, new in FILLED.items():
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, "utf-8")
    for one in (*(folder / "rules").glob("*.toml"), *(folder / "rules" / "tests").glob("*.toml")):
        one.unlink()
    shutil.copy(Path(__file__).parents[2] / "wire" / "few_rules.toml", folder / "rules")
    for language in (folder / "templates").iterdir():
        if language.is_dir() and language.name != "en":
            shutil.rmtree(language)
    yield folder
    shutil.rmtree(above)


@pytest.fixture
def site(laid_out, monkeypatch):
    """A copy of it; not below pytest's own folder, which only root may enter."""
    for name in ("MAILBOT_SMTP_PASSWORD", "MAILBOT_SUPPORT_PASSWORD"):
        monkeypatch.setenv(name, "hunter2")
    above = Path(tempfile.mkdtemp(prefix="site-", dir="/tmp"))
    above.chmod(0o755)
    yield shutil.copytree(laid_out, above / "desk", symlinks=True)
    shutil.rmtree(above)


def set_to(site, old, new):
    path = site / "config.toml"
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


def check(call, site, *args):
    """What `check --offline` says, without a traceback: the problems by part, and the notes."""
    code, out, err = call("check", "--offline", "--json", "--site", site, *args)
    assert err == ""
    found = json.loads(out)
    assert code == (0 if found["ok"] else 2)
    return found["problems"], found["warnings"]


def test_a_filled_config_is_in_order(call, site):
    problems, notes = check(call, site)
    assert not any(problems.values()), problems
    assert list(problems) == ["config", "passwords", "secret", "rules", "templates", "files"]
    assert not [note for note in notes if note.startswith(("hours", "store.url", "clock"))]


def test_1_placeholders_as_they_were_laid_out(call, site):
    for old, new in FILLED.items():
        text = (site / "config.toml").read_text("utf-8")
        (site / "config.toml").write_text(text.replace(new, old), "utf-8")
    problems, _ = check(call, site)
    said = dict(line.split(": ", 1) for line in problems["config"])
    assert list(said) == [
        "desk.name",
        "smtp.host",
        "smtp.username",
        "inbox[support].host",
        "inbox[support].address",
        "agent[kim].name",
        "agent[kim].addresses",
    ]
    assert said["smtp.host"] == 'still says "smtp.your-provider.example", as the file was laid out; put your own there'


@pytest.mark.parametrize("command", ["check", "run"])
def test_2_a_folder_of_the_database_that_is_not_there(call, site, command):
    set_to(site, '# url = "sqlite:///storage/desk.db"', 'url = "sqlite:///data/desk.db"')
    wanted = f"store.url: there is no folder {site}/data; make it, or name another place"
    if command == "check":
        assert check(call, site)[0]["files"] == [wanted]
    else:
        with pytest.raises(StoreDown) as caught:
            store_of(load_config(site))
        assert str(caught.value) == f"{site}/config.toml: {wanted}"


def test_2_a_database_server_that_is_not_there(call, site):
    set_to(site, '# url = "sqlite:///storage/desk.db"', 'url = "postgresql://mia:hunter2@127.0.0.1:1/desk"')
    with pytest.raises(StoreDown) as caught:
        store_of(load_config(site))
    assert str(caught.value).startswith(f"{site}/config.toml: store.url: the database cannot be used: ")
    assert "127.0.0.1" in str(caught.value)
    assert "hunter2" not in str(caught.value)
    code, _, err = call("check", "--site", site, "--no-mail")
    assert code == 2
    assert "store.url: the database cannot be used: " in err
    assert "hunter2" not in err


def test_4_hours_that_end_before_they_begin(call, site):
    set_to(site, '# wed = "09:00-17:00"', 'wed = "17:00-09:00"')
    set_to(site, '# sat = "closed"', 'sat = "22:00-06:00"')
    problems, notes = check(call, site)
    assert not any(problems.values())
    assert [note for note in notes if note.startswith("hours")] == [
        (
            'hours.wed: "17:00-09:00" ends before it begins, so it runs through the night to 09:00 on thu; if the day is '
            'meant, turn it round: "09:00-17:00"'
        )
    ]


def as_nobody(work):
    """What `work` returns where it runs as a user who owns nothing; all that it imports is loaded before."""
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    work()
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            os.write(writer, json.dumps(work()).encode())
        except BaseException as error:
            os.write(writer, json.dumps(str(error)).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as told:
        said = told.read()
    os.waitpid(child, 0)
    return json.loads(said)


def checked(site):
    done = CliRunner().invoke(app, ["check", "--offline", "--json", "--site", str(site)])
    assert isinstance(done.exception, SystemExit | None), "".join(traceback.format_exception(done.exception))
    return done.stdout


@pytest.mark.parametrize("mode", [0o700, 0o755], ids=["5 not readable", "6 readable"])
def test_a_storage_that_belongs_to_root(site, mode):
    (site / "storage").chmod(mode)
    found = json.loads(as_nobody(lambda: checked(site)))
    assert found["ok"] is False
    assert found["problems"]["files"] == [
        (
            f"store.url: nothing can be written in {site}/storage: Permission denied ({site}/storage belongs to root, and "
            f"this runs as nobody): chown -R nobody {site}/storage"
        )
    ]
    (secret,) = found["problems"]["secret"]
    assert secret.startswith(f"desk.secret_file: {site}/storage/secret: Permission denied")


def test_5_run_names_the_place_too(site):
    def run():
        try:
            store_of(load_config(site)).close()
        except StoreDown as error:
            return str(error)
        return "opened"

    said = as_nobody(run)
    assert said.startswith(
        f"{site}/config.toml: store.url: nothing can be written in {site}/storage: Permission denied"
    )
    assert said.endswith(f"chown -R nobody {site}/storage")


def test_6_a_database_that_root_left_behind(site):
    for path in (site / "storage", site / "storage/secret"):
        os.chown(path, 65534, 65534)
    (site / "storage/desk.db").write_bytes(b"")
    (site / "storage/desk.db").chmod(0o600)
    found = json.loads(as_nobody(lambda: checked(site)))
    (problem,) = found["problems"]["files"]
    assert problem.startswith(f"store.url: {site}/storage/desk.db cannot be written: Permission denied")
    assert problem.endswith(f"chown -R nobody {site}/storage/desk.db")


def test_6_a_root_who_may_do_everything_is_told_so(call, site):
    if os.geteuid() != 0:
        pytest.skip("this is about root")
    _, notes = check(call, site)
    (note,) = [note for note in notes if "runs as root" in note]
    assert f"chown -R that user {site}/storage" in note


@pytest.mark.parametrize("key", ["password_env", "url_env", "client_secret_env"])
def test_8_a_secret_where_a_name_belongs_is_not_printed(call, site, key):
    if key == "password_env":
        set_to(site, 'password_env = "MAILBOT_SMTP_PASSWORD"', 'password_env = "hunter2!"')
    elif key == "url_env":
        set_to(site, '# url_env = ""', 'url_env = "postgresql://mia:hunter2!@db/desk"')
    else:
        set_to(
            site,
            'password_env = "MAILBOT_SMTP_PASSWORD"',
            'client_id = "a"\ntoken_url = "https://x.example/token"\nclient_secret_env = "hunter2!"\n#',
        )
    code, out, err = call("check", "--offline", "--site", site)
    assert code == 2
    assert f".{key}: the environment has no variable of that name; the name stands here, never the " in err
    assert "hunter2!" not in out + err


@pytest.mark.parametrize(
    ("given", "meant"),
    [("GMT+1", '"Etc/GMT-1"'), ("UTC-05:00", '"Etc/GMT+5"'), ("+2", '"Etc/GMT-2"'), ("utc+05:30", None)],
)
def test_9_an_offset_is_no_time_zone(call, site, given, meant):
    set_to(site, '# timezone = "UTC"', f'timezone = "{given}"')
    (problem,) = check(call, site)[0]["config"]
    assert problem.startswith(
        f'desk.timezone: "{given}" is not a time zone in the IANA list; name a place, which also knows when the clocks '
        "change, such as Europe/Berlin"
    )
    assert "GMT+0" not in problem
    assert (meant in problem) if meant else "Etc" not in problem


def test_9_a_misspelt_place_is_still_known(call, site):
    set_to(site, '# timezone = "UTC"', 'timezone = "Europe/Berlni"')
    assert check(call, site)[0]["config"][0].partition(" (line")[0].endswith('did you mean "Europe/Berlin"?')


def test_12_articles_that_nobody_has_read(call, site):
    (note,) = [note for note in check(call, site)[1] if note.startswith("rules/answers")]
    assert "help articles are as they ship" in note
    assert "a sign-in page" in note
    for path in (site / "rules/answers").glob("*.md"):
        path.write_text(path.read_text("utf-8").replace("# link = ", "link = ", 1), "utf-8")
    notes = [note for note in check(call, site)[1] if note.startswith("rules/answers")]
    assert "rules/answers/reset-password.en.md: links to help.shop.example; put your own page there" in notes
    shutil.rmtree(site / "rules/answers")
    assert not [note for note in check(call, site)[1] if note.startswith("rules/answers")]


def test_13_what_priority_1_promises_is_said_at_init_and_in_the_readme(call, tmp_path):
    code, _, err = call("init", tmp_path / "another")
    assert code == 0
    assert "an outage (priority 1) a person's answer within 15 minutes, day and night" in " ".join(err.split())
    assert "15 minutes, day and night" in (Path(__file__).parents[3] / "README.md").read_text("utf-8")


def test_16_a_full_disk_is_called_so_by_check_too(call, site, monkeypatch):
    """That a running desk says it once is shown in tests/wire/test_hazards_daemon.py (hazard 4)."""

    def full(**_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(places.tempfile, "NamedTemporaryFile", full)
    (problem,) = check(call, site)[0]["files"]
    assert problem == (
        f"store.url: nothing can be written in {site}/storage: No space left on device; make room there, nothing can be taken "
        "in until then"
    )


# --- what is no row of the list, and stops a desk all the same -------------------------------------------------------


@pytest.mark.parametrize(("left", "part"), [(50_000_000, "problem"), (400_000_000, "note"), (5_000_000_000, "fact")])
def test_the_room_on_the_disk(call, site, monkeypatch, left, part):
    monkeypatch.setattr(places.shutil, "disk_usage", lambda _: SimpleNamespace(free=left))
    found = places.check_places(load_config(site), load_config(site).database_url)
    said = {"problem": found.problems, "note": [n for n in found.notes if "the disk of" in n], "fact": found.facts}
    assert [kind for kind, lines in said.items() if lines] == [part]
    assert all(" left" in line for line in said[part])


def test_files_that_others_may_read_or_change(call, site):
    (site / "storage/desk.db").write_bytes(b"")
    (site / "storage/desk.db").chmod(0o644)
    (site / "config.toml").chmod(0o666)
    (site / "storage").chmod(0o777)
    _, notes = check(call, site)
    for wanted in (
        f"store.url: {site}/storage/desk.db holds customers' mail and can be read by others; chmod 600 it",
        f"store.url: anybody can write in {site}/storage; chmod 700 it",
        f"{site}/config.toml: anybody can change it; chmod 644 it",
    ):
        assert wanted in notes


def test_a_clock_that_is_behind_its_own_files(call, site):
    later = time.time() + 90_000
    os.utime(site / "config.toml", (later, later))
    assert any(note.startswith("clock: ") for note in check(call, site)[1])


def test_a_clock_that_is_not_the_mail_servers():
    sent = datetime(2026, 3, 6, 13, 0, tzinfo=UTC)
    found = sent + timedelta(seconds=5)
    assert clock_off(sent + timedelta(seconds=2), sent, found) is None
    assert clock_off(sent - timedelta(seconds=90), sent, found) is None
    assert clock_off(sent - timedelta(hours=1), sent, found) == timedelta(hours=1)
    assert clock_off(found + timedelta(minutes=30), sent, found) == -timedelta(minutes=30)


def test_a_calendar_in_a_folder_that_may_not_be_entered(site):
    (site / "closed").mkdir(mode=0o700)
    (site / "closed/kim.ics").write_text("x")
    set_to(site, 'id = "kim" ', f'calendar = "{site}/closed/kim.ics"\nid = "kim" ')
    found = json.loads(as_nobody(lambda: checked(site)))
    (problem,) = found["problems"]["config"]
    assert problem.startswith(f"agent[kim].calendar: {site}/closed/kim.ics cannot be read: Permission denied (line ")
