"""`mailbot config`: what is in force and where it comes from, without a secret; and what each key is."""

import json
import tomllib

import pytest

from mailbot.adapters.site import config_example
from mailbot.config import load_config
from mailbot.config.key_help import _fields, help_on
from tests.unit.house.test_light import HEAVY, calls

CONFIG = """\
[desk]
name = "Harbour Boats"

[store]
url = "postgresql://mia:hunter2@db.example/desk?password=hunter3"
[smtp]
provider = "google"
username = "help@harbour.example"
password_env = "hunter4"
[[inbox]]
name = "support"
address = "support@harbour.example"
host = "imap.harbour.example"
password_env = "HARBOUR_PASSWORD"
poll = "5m"
[[agent]]
id = "mia"
name = "Mia"
addresses = ["mia@harbour.example"]
hours = { mon = "08:00-12:00", fri = "closed" }
digest = ["09:00", "13:00"]
[priority.1]
first = "1h"
[oncall]
rota = ["mia"]
webhook = "https://hooks.example/hunter5/token"
"""


@pytest.fixture
def site(tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    return tmp_path


def test_every_value_is_shown_with_where_it_comes_from(call, site):
    code, out, err = call("config", "show", "--effective", "--json", "--site", site)
    assert (code, err) == (0, "")
    found = {each["key"]: each for each in map(json.loads, out.splitlines())}
    shown = {key: (each["value"], each["source"]) for key, each in found.items()}
    assert shown["desk.name"] == ('"Harbour Boats"', "config.toml:2")
    assert shown["smtp.host"] == ('"smtp.gmail.com"', 'provider "google"')
    assert shown["smtp.per_day"] == ("2000", 'provider "google"')
    assert shown["smtp.timeout"] == ('"30s"', "default")
    assert shown["inbox[support].poll"] == ('"5m"', "config.toml:15")
    assert shown["inbox[support].port"] == ("993", "default")
    assert shown["agent[mia].hours"] == ('{ mon = "08:00-12:00", fri = [] }', "config.toml:20")
    assert shown["agent[mia].digest"] == ('["09:00", "13:00"]', "config.toml:21")
    assert shown["hours.mon"] == ('"09:00-17:00"', "default")
    assert shown["priority.1.first"] == ('"1h"', "config.toml:23")
    assert shown["priority.1.then"] == ('["30m until 2h", "1h"]', "default")
    assert found["desk.name"]["line"] == 2
    assert found["smtp.host"]["line"] is None
    missing = {key for key in _fields() if not key.startswith(("form", "marketplace"))} - {
        key.replace("[support]", "").replace("[mia]", "") for key in found
    }
    assert missing == {"desk.brand", "hours.holidays"}, "which are shown by their keys"


@pytest.mark.parametrize("args", [[], ["--json"], ["--effective"], ["--effective", "--json"]])
def test_no_secret_is_in_it_wherever_it_was_pasted(call, site, args):
    _, out, err = call("config", "show", "--site", site, *args)
    assert "hunter" not in out + err
    assert "postgresql" in out
    assert "hooks.example" in out


def test_without_effective_it_is_the_file(call, site):
    _, out, _ = call("config", "show", "--site", site)
    lines = out.splitlines()
    assert len(lines) == sum(" = " in line for line in CONFIG.splitlines())
    assert all("# config.toml:" in line for line in lines)


def test_what_is_shown_is_what_the_file_takes(call, tmp_path):
    """The values of a whole config, written back, load as the same."""
    (tmp_path / "config.toml").write_text(config_example(), "utf-8")
    _, out, _ = call("config", "show", "--effective", "--json", "--site", tmp_path)
    tables = {}
    for each in map(json.loads, out.splitlines()):
        section, _, key = each["key"].rpartition(".")
        tables.setdefault(section, []).append(f"{key} = {each['value']}")
    again = "".join(
        (f"[[{name.partition('[')[0]}]]" if "[" in name else f"[{name}]") + "\n" + "\n".join(lines) + "\n"
        for name, lines in tables.items()
    )
    (tmp_path / "again").mkdir()
    (tmp_path / "again/config.toml").write_text(again, "utf-8")
    assert tomllib.loads(again)
    assert load_config(tmp_path / "again").model_dump() == load_config(tmp_path).model_dump()


@pytest.mark.parametrize("key", sorted(_fields()))
def test_each_key_has_help_and_an_example(key):
    (found,) = help_on(key, config_example())
    assert found.key == key
    assert found.kind.startswith(("must", "is missing"))
    assert len(found.words) > 20
    assert found.default is not None or found.example


def test_help_says_kind_default_words_and_an_example(call):
    code, out, err = call("config", "help", "inbox[support].poll")
    assert (code, err) == (0, "")
    assert out == (
        "inbox.poll\n"
        "  value    must be a length of time such as 15m, in quotes\n"
        '  default  "60s"\n'
        '  example  poll = "60s"\n'
        "  The server announces new mail within a second (IDLE). This is how often the desk looks in any case.\n"
    )
    _, out, _ = call("config", "help", "port", "--json")
    assert [json.loads(line)["key"] for line in out.splitlines()] == ["smtp.port", "inbox.port"]
    assert json.loads(call("config", "help", "desk.name", "--json")[1])["default"] is None


@pytest.mark.parametrize(
    ("given", "meant"),
    [("smpt.port", "smtp.port"), ("inbox.pol", "inbox.poll"), ("breaker_flor", "limits.breaker_floor")],
)
def test_a_near_miss_is_suggested(call, given, meant):
    code, out, err = call("config", "help", given)
    assert (code, out) == (2, "")
    assert err.startswith(f"mailbot: {given}: is not a key of config.toml; did you mean {meant}")


def test_what_is_near_nothing_says_where_all_keys_are(call):
    assert "config show --effective" in call("config", "help", "nonsense")[2]


@pytest.mark.slow
def test_it_loads_neither_the_daemon_nor_the_letters(site):
    ended = calls(site, "config help port", "config show --effective")
    assert [(code, HEAVY & loaded) for _, code, loaded in ended] == [(0, set()), (0, set())]
    assert "sqlalchemy" not in ended[-1][2]
