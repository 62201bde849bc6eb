"""[oncall] of the config, and `mailbot oncall`."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailbot.adapters.site_check import check_files
from mailbot.app.oncall import turns
from mailbot.cli import main
from mailbot.config import policy_of, rota_problem
from mailbot.core.model.oncall import OnCall
from tests.unit.house.test_cli_quarantine import CONFIG
from tests.unit.house.test_config import PLAIN, load, problems


def with_oncall(text):
    return PLAIN + "\n[oncall]\n" + text


def policy(tmp_path, text):
    return policy_of(load(tmp_path, text), frozenset({"en"}))


def test_without_it_there_is_none(tmp_path):
    assert policy(tmp_path, PLAIN).oncall is None
    assert policy(tmp_path, with_oncall("rota = []")).oncall is None


def agent_of(tmp_path):
    return next(iter(policy(tmp_path, PLAIN).agents))


def test_what_was_configured(tmp_path):
    one = agent_of(tmp_path)
    text = f"""rota = ["{one}"]
change = "Fri 17:30"
timezone = "America/New_York"
since = "2026-03-06"
weeks = {{ "2026-12-25" = "{one}" }}
next_after = "8m"
webhook = "https://hooks.example/x"
"""
    assert policy(tmp_path, with_oncall(text)).oncall == OnCall(
        rota=(one,),
        weekday=4,
        at=time(17, 30),
        zone=ZoneInfo("America/New_York"),
        since=date(2026, 3, 6),
        weeks={date(2026, 12, 25): one},
        next_after=timedelta(minutes=8),
        calls=True,
    )
    plain = policy(tmp_path, with_oncall(f'rota = ["{one}"]')).oncall
    assert (plain.weekday, plain.at, plain.zone, plain.calls) == (0, time(9), ZoneInfo("Europe/Berlin"), False)


@pytest.mark.parametrize(
    ("said", "key", "problem"),
    [
        ('rota = ["nobody"]', "rota", 'there is no agent "nobody"'),
        ('rota = ["AGENT"]\nweeks = { "2026-12-21" = "nobody" }', "weeks", 'there is no agent "nobody"'),
        ('rota = ["AGENT"]\nweeks = { "2026-12-22" = "AGENT" }', "weeks", "is no mon"),
        ('rota = ["AGENT"]\nweeks = { "Christmas" = "AGENT" }', "weeks", '"Christmas" is not a day'),
        ('rota = ["AGENT"]\nchange = "monday"', "change", 'must be a day and a clock time such as "mon 09:00"'),
        ('rota = ["AGENT"]\nchange = "mon 9"', "change", '"9" is not a clock time'),
        ('rota = ["AGENT"]\nsince = "soon"', "since", '"soon" is not a day'),
        ('rota = ["AGENT"]\ncommand = "call --now"', "command", "must be a list: the program and its arguments"),
        ('rota = ["AGENT"]\nwebhook = "http://hooks.example/"', "webhook", "must begin with https://"),
        ('rota = ["AGENT"]\nwebhook = "https://me:word@hooks.example/"', "webhook", "without a name and a password"),
        ('rota = ["AGENT"]\ncommand = ["x"]\nwebhook = "https://h.example/"', "webhook", "there is a command already"),
        ('rota = ["AGENT"]\ntimeout = "10m"', "timeout", "must be at most 2m"),
        ('command = ["x"]', "rota", "is missing: whose turn is it?"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, said, key, problem):
    found = problems(tmp_path, with_oncall(said.replace("AGENT", agent_of(tmp_path))))
    assert list(found) == [f"oncall.{key}"]
    assert problem in found[f"oncall.{key}"]


# --- the command ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def call(tmp_path, monkeypatch, capsys):
    (tmp_path / "storage").mkdir()

    def run(oncall, *args):
        (tmp_path / "config.toml").write_text(CONFIG + oncall, encoding="utf-8")
        monkeypatch.setattr(sys, "argv", ["mailbot", "oncall", *args, "--site", str(tmp_path)])
        with pytest.raises(SystemExit) as ended:
            main.main()
        out, err = capsys.readouterr()
        return ended.value.code or 0, out, err

    return run


def rota(tmp_path, more=""):
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    first = next(iter(policy_of(load_site(tmp_path), frozenset()).agents))
    return f'\n[oncall]\nrota = ["{first}"]\n{more}'


def load_site(tmp_path):
    from mailbot.config import load_config

    return load_config(tmp_path)


def test_where_there_is_no_rota_it_says_so(call):
    code, out, err = call("")
    assert (code, out) == (0, "")
    assert "there is no rota" in err
    assert call("", "--test")[0] == 1


def test_it_says_who_is_on_call_now_and_next(call, tmp_path):
    code, out, err = call(rota(tmp_path))
    assert code == 0
    assert "now" in out
    assert "next" in out
    assert "nobody is called beside their mail" in err
    code, out, _ = call(rota(tmp_path), "--json")
    now, following = map(json.loads, out.splitlines())
    assert datetime.fromisoformat(now["ends"]) == datetime.fromisoformat(following["begins"])
    assert now["steps"][0] == following["steps"][0]


def test_a_test_calls_whoever_is_on_call(call, tmp_path):
    command = json.dumps([sys.executable, "-c", "import sys; print('said:', sys.stdin.read())"])
    code, out, err = call(rota(tmp_path, f"command = {command}\n"), "--test")
    assert (code, err) == (0, "")
    assert "was called: said:" in out
    assert "this is a test of the calls for outages" in out


def test_a_test_that_fails_says_why(call, tmp_path):
    command = json.dumps([sys.executable, "-c", "import sys; sys.exit('no credit')"])
    code, out, err = call(rota(tmp_path, f"command = {command}\n"), "--test")
    assert (code, out) == (1, "")
    assert "was not called: it ended with 1: no credit" in err
    code, _, err = call(rota(tmp_path), "--test")
    assert code == 1
    assert "name oncall.command or oncall.webhook" in err


def test_check_names_a_webhook_that_the_environment_has_not(tmp_path, monkeypatch):
    hook = load(tmp_path, with_oncall(f'rota = ["{agent_of(tmp_path)}"]\nwebhook_env = "MAILBOT_HOOK"')).oncall
    monkeypatch.delenv("MAILBOT_HOOK", raising=False)
    assert hook.problem() == "webhook_env: the environment has no MAILBOT_HOOK"
    monkeypatch.setenv("MAILBOT_HOOK", "http://hooks.example/s3cret")
    assert hook.problem() == "webhook_env: MAILBOT_HOOK does not begin with https://"
    monkeypatch.setenv("MAILBOT_HOOK", "https://hooks.example/s3cret")
    assert hook.problem() is None
    assert hook.web_address() == "https://hooks.example/s3cret"


ALWAYS = "".join(f'\n[priority.{level}]\nclock = "24x7"\n' for level in range(1, 6))


@pytest.mark.slow  # a check reads all letters in all languages
def test_a_rota_of_a_desk_that_never_closes_is_said_to_have_no_effect(call, tmp_path):
    with_rota = rota(tmp_path)
    assert "oncall.rota: has no effect" in call(with_rota + ALWAYS)[2]
    assert check_files(load_site(tmp_path))["config"] == [rota_problem(load_site(tmp_path))]
    assert "no effect" not in call(with_rota + ALWAYS.replace("24x7", "business", 1))[2]
    assert rota_problem(load_site(tmp_path)) is None
    assert "no effect" not in call(ALWAYS)[2], "there is none"
    assert check_files(load_site(tmp_path))["config"] == []


def test_the_next_week_follows_this_one(tmp_path):
    (tmp_path / "storage").mkdir()
    (tmp_path / "config.toml").write_text(CONFIG + rota(tmp_path), encoding="utf-8")
    first, second = turns(load_site(tmp_path), datetime(2026, 3, 4, 12, tzinfo=UTC))
    assert first.ends == second.begins
    assert first.begins <= datetime(2026, 3, 4, 12, tzinfo=UTC) < first.ends
