"""The command line: its output is for programs on stdout and for people on stderr, and a wrong config exits with 2."""

import json
import os
import sys
import types
from datetime import UTC, datetime
from pathlib import Path

import pytest

import mailbot.app
from mailbot.adapters.places import Found
from mailbot.adapters.site import init_site, read_secret, rules_dir, template_dirs
from mailbot.cli import output
from mailbot.core.model.reason import why
from mailbot.errors import ConfigError, StoreDown

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 3, 6, 13, 0, tzinfo=UTC)

CONFIG = """
[desk]
name = "Harbour Boats"
timezone = "Europe/Berlin"
[smtp]
host = "smtp.harbour.example"
[[inbox]]
name = "support"
address = "support@harbour.example"
host = "imap.harbour.example"
password_env = "HARBOUR_PASSWORD"
[[agent]]
id = "mia"
name = "Mia"
addresses = ["mia@harbour.example"]
"""


@pytest.fixture
def site(tmp_path, monkeypatch):
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    monkeypatch.setenv("HARBOUR_PASSWORD", "hunter2")
    return tmp_path


@pytest.fixture
def desk(monkeypatch):
    """Something in the place of `mailbot.app.desk`, whose functions a test sets."""
    fake = types.ModuleType("mailbot.app.desk")
    monkeypatch.setitem(sys.modules, "mailbot.app.desk", fake)
    monkeypatch.setattr(mailbot.app, "desk", fake, raising=False)
    return fake


# --- init and check --------------------------------------------------------------------------------------------------


@pytest.fixture
def shipped(tmp_path_factory, monkeypatch):
    """An installation that has the data folders, whatever the checkout holds just now."""
    package = tmp_path_factory.mktemp("installed") / "mailbot"
    (package / "data/rules/answers").mkdir(parents=True)
    (package / "data/rules/10-outage.toml").write_text("# rules\n", encoding="utf-8")
    (package / "data/rules/answers/help.en.md").write_text("help\n", encoding="utf-8")
    (package / "data/templates/en").mkdir(parents=True)
    (package / "data/templates/en/ack.txt.j2").write_text("Thanks\n", encoding="utf-8")
    (package / "data/rules/10-outage.toml").chmod(0o444)
    (package / "data/config.example.toml").write_bytes((ROOT / "config.example.toml").read_bytes())
    monkeypatch.setattr("mailbot.adapters.site._PACKAGE", package)
    return package / "data"


def test_init_lays_out_a_site_and_overwrites_nothing(call, tmp_path, shipped):
    new = tmp_path / "deep" / "desk"
    code, out, err = call("init", new)
    assert code == 0
    assert out.split() == [str(new / name) for name in ("config.toml", "rules", "templates", "storage/secret")]
    assert "mailbot check" in err
    assert (new / "rules/10-outage.toml").read_text(encoding="utf-8") == "# rules\n"
    assert os.access(new / "rules/10-outage.toml", os.W_OK)
    assert (new / "rules/answers/help.en.md").is_file()
    assert (new / "storage/secret").stat().st_mode & 0o777 == 0o600
    assert (new / "storage").stat().st_mode & 0o777 == 0o700
    secret = read_secret(new / "storage/secret")
    assert len(secret) >= 32

    (new / "config.toml").write_text("mine", encoding="utf-8")
    code, out, err = call("init", new)
    assert (code, out) == (2, "")
    assert err.count("already exists") == 4
    assert (new / "config.toml").read_text(encoding="utf-8") == "mine"
    assert read_secret(new / "storage/secret") == secret


def test_init_makes_nothing_beside_one_thing_that_is_there(tmp_path, shipped):
    (tmp_path / "rules").mkdir()
    with pytest.raises(ConfigError, match="rules: already exists"):
        init_site(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["rules"]


def test_two_sites_have_two_secrets(tmp_path, shipped):
    for name in ("a", "b"):
        init_site(tmp_path / name)
    assert read_secret(tmp_path / "a/storage/secret") != read_secret(tmp_path / "b/storage/secret")


def test_a_short_or_missing_secret_is_refused_without_showing_it(tmp_path):
    (tmp_path / "secret").write_text("too-short-and-private\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="21 bytes") as caught:
        read_secret(tmp_path / "secret")
    assert "private" not in str(caught.value)
    with pytest.raises(ConfigError, match="mailbot init"):
        read_secret(tmp_path / "none")


def test_a_site_goes_before_what_ships(tmp_path, shipped):
    assert rules_dir(None) == rules_dir(tmp_path) == shipped / "rules"
    assert template_dirs(tmp_path) == [shipped / "templates"]
    (tmp_path / "rules").mkdir()
    (tmp_path / "templates").mkdir()
    assert rules_dir(tmp_path) == tmp_path / "rules"
    assert template_dirs(tmp_path) == [tmp_path / "templates", shipped / "templates"]


@pytest.mark.parametrize("command", ["run", "once", "check", "migrate", "promises", "outbox"])
def test_a_wrong_config_names_every_key_and_exits_with_2(call, site, command):
    (site / "config.toml").write_text(CONFIG.replace("host", "hots") + "[log]\nlevel = 3\n", encoding="utf-8")
    code, out, err = call(command, "--site", site)
    assert code == 2
    for key in (
        "smtp.host: is missing",
        'smtp.hots: is not a known key; did you mean "host"?',
        "inbox[support].host",
        "log.level",
    ):
        assert f"mailbot: {key}" in err
    assert out == "" or command == "check"


def test_run_needs_the_passwords(call, site, monkeypatch):
    monkeypatch.delenv("HARBOUR_PASSWORD")
    assert call("run", "--site", site) == (
        2,
        "",
        "mailbot: inbox[support].password_env: the environment has no HARBOUR_PASSWORD\n",
    )


@pytest.fixture
def checked(monkeypatch):
    """What the files are said to hold; the real look at them is tested with them."""
    found = {"passwords": [], "secret": [], "rules": [], "templates": []}
    monkeypatch.setattr("mailbot.adapters.site_check.check_files", lambda config: found)
    return found


def test_check_says_each_part(call, site, desk, checked, monkeypatch):
    refused = []
    monkeypatch.setattr("mailbot.app.server_check.check_servers", lambda config: Found(problems=list(refused)))
    (site / "storage").mkdir()
    code, out, err = call("check", "--site", site, "--no-mail")
    assert code == 0
    assert [line.split()[:2] for line in out.splitlines()] == [
        [part, "ok"] for part in ("config", "passwords", "secret", "rules", "templates", "files", "store", "logins")
    ]
    notes = err.splitlines()
    assert "mailbot: note: desk.admins: is empty, so the leads among the agents are told of trouble" in notes
    assert any(note.startswith("mailbot: note: desk.authserv_id: is not set") for note in notes)

    checked["rules"] = ["rules/10.toml:3:1: is no rule"]
    refused.append("inbox[support]: refused")
    code, out, err = call("check", "--site", site)
    assert code == 2
    assert "rules      1 wrong" in out
    assert err.startswith("mailbot: rules/10.toml:3:1: is no rule\nmailbot: inbox[support]: refused\n")


def test_check_offline_logs_in_nowhere(call, site, desk, checked):
    (site / "storage").mkdir()
    code, out, _ = call("check", "--offline", "--json", "--site", site)
    found = json.loads(out)
    assert (code, found["ok"]) == (0, True)
    assert "logins" not in found["problems"]


def test_a_password_in_the_clear_is_noted(call, site, desk, checked):
    (site / "config.toml").write_text(CONFIG.replace("[smtp]", '[smtp]\nsecurity = "none"'), encoding="utf-8")
    _, _, err = call("check", "--offline", "--site", site)
    assert 'smtp.security: "none" sends mail and passwords to smtp.harbour.example in the clear' in err


def test_a_desk_that_does_not_ask_who_sent_a_mail_is_noted(call, site, desk, checked):
    _, _, err = call("check", "--offline", "--site", site)
    assert "note: desk.authserv_id: is not set, so a forwarded notice and a forged From are enough" in err
    named = CONFIG.replace("[desk]", '[desk]\nauthserv_id = "mx.harbour.example"')
    assert named != CONFIG
    (site / "config.toml").write_text(named, encoding="utf-8")
    _, _, err = call("check", "--offline", "--site", site)
    assert "authserv_id" not in err


# --- what calls the desk ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("command", "function"), [("run", "run_daemon"), ("once", "run_once")])
def test_the_daemon_gets_its_config_and_its_exit_code_is_ours(call, site, desk, command, function):
    got = []
    setattr(desk, function, lambda config, where: got.append((config.desk.name, where)) or 7)
    assert call(command, "--site", site)[0] == 7
    assert got == [("Harbour Boats", site)]


def test_the_current_directory_is_the_site(call, site, desk, monkeypatch):
    monkeypatch.chdir(site)
    desk.run_once = lambda config, where: 0 if where == site else 1
    assert call("once")[0] == 0


def test_a_failure_is_one_line_without_a_traceback(call, site, desk):
    def down(config, where):
        raise StoreDown("database is locked")

    desk.run_daemon = down
    assert call("run", "--site", site) == (1, "", "mailbot: database is locked (trying again later may help)\n")


def test_migrate_makes_the_tables(call, site, monkeypatch):
    urls = []
    monkeypatch.setattr("mailbot.adapters.store.migrations.migrate", urls.append)
    assert call("migrate", "--site", site)[0] == 0
    assert urls == [f"sqlite:///{site}/storage/desk.db"]


def test_demo_hands_its_options_on(call, monkeypatch, tmp_path):
    story = types.ModuleType("mailbot.demo.story")
    story.run_demo = lambda out, serve, speed: 3 if (out, serve, speed) == (tmp_path, True, 960.0) else 9
    monkeypatch.setitem(sys.modules, "mailbot.demo.story", story)
    monkeypatch.setattr("mailbot.demo.story", story, raising=False)
    assert call("demo", "--serve", "--speed", "960", "--out", tmp_path)[0] == 3


# --- explain and replay ----------------------------------------------------------------------------------------------

EXPLAINED = {
    "file": "a.eml",
    "kind": "person",
    "subject": "Down?\x1b[31m\u202e",
    "from": [{"name": "Ada", "address": "ada@shop.example"}],
    "new_text": "\n".join(f"line {n}" for n in range(1, 10)),
    "text": "the whole text",
    "reason": "a person wrote it",
    "priority": {"level": 1, "urgency": 2, "why": why("account.set-by", name="Mia")},
    "letters": [{"letter": "ack", "to": "ada@shop.example", "states": datetime(2026, 3, 6, 14, tzinfo=UTC)}],
    "bounce": None,
    "may_answer": True,
}


def test_explain_gives_one_object_a_line(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a.eml").write_bytes(b"")
    monkeypatch.setattr(
        "mailbot.app.dry_run.explain_files",
        lambda files, site: iter([EXPLAINED for _ in files] if site is None else []),
    )
    code, out, err = call("explain", "--json", "a.eml", "a.eml")
    assert (code, err) == (0, "")
    assert [json.loads(line) for line in out.splitlines()] == [output.plain(EXPLAINED)] * 2


def test_hazard_25_explain_for_people_is_short_and_harmless(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a.eml").write_bytes(b"")
    monkeypatch.setattr("mailbot.app.dry_run.explain_files", lambda files, site: iter([EXPLAINED]))
    _, out, _ = call("explain", "a.eml")
    assert "\x1b" not in out
    assert "\u202e" not in out
    lines = [line.strip() for line in out.splitlines()]
    assert lines[0] == "a.eml"
    assert "from      Ada <ada@shop.example>" in lines
    assert "what      person: a person wrote it" in lines
    assert "answer    may be answered automatically" in lines
    assert "priority  1, urgency 2: set by Mia" in lines
    assert "letters   letter ack · to ada@shop.example · states 2026-03-06 14:00 UTC" in lines
    assert "… 3 more lines" in lines
    assert "the whole text" not in out
    assert "bounce" not in out


def test_a_site_is_used_where_there_is_one(call, site, monkeypatch):
    seen = []
    monkeypatch.setattr("mailbot.app.dry_run.replay_files", lambda paths, where: seen.append(where) or iter([]))
    monkeypatch.chdir(site)
    call("replay", site)
    monkeypatch.chdir("/")
    call("replay", site)
    call("replay", site, "--site", site)
    assert seen == [site, None, site]


def test_replay_says_which_ticket(call, tmp_path, monkeypatch):
    found = [
        {"file": "1.eml", "ticket": 12, "outcome": "joined", "why": "reply token"},
        {"file": "2.eml", "ticket": None, "outcome": "logged"},
    ]
    monkeypatch.setattr("mailbot.app.dry_run.replay_files", lambda paths, site: iter(found))
    _, out, _ = call("replay", tmp_path)
    assert out == "    #12  joined          1.eml · reply token\n      –  logged          2.eml\n"
    _, out, _ = call("replay", "--json", tmp_path)
    assert [json.loads(line)["ticket"] for line in out.splitlines()] == [12, None]


@pytest.mark.parametrize("args", [["explain"], ["explain", "/not/there.eml"], ["ticket", "show", "0"], ["nonsense"]])
def test_a_wrong_call_exits_with_2(call, args):
    code, out, err = call(*args)
    assert (code, out) == (2, "")
    assert "Traceback" not in err
