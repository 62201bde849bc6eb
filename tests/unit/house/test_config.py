"""The config: the example is true, every wrong key is named at once, nothing secret is shown."""

import re
import tomllib
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.config import load_config, password_problems
from mailbot.config.durations import parse_duration, parse_size, write_duration
from mailbot.config.problems import keys_of, sections
from mailbot.errors import ConfigError

EXAMPLE = Path(__file__).parents[3] / "config.example.toml"

PLAIN = """
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


def site(tmp_path, text):
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    return tmp_path


def load(tmp_path, text=PLAIN):
    return load_config(site(tmp_path, text))


def problems(tmp_path, text):
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    return dict(re.sub(r" \(line \d+\)$", "", problem).split(": ", 1) for problem in caught.value.problems)


def changed(key, line, text=PLAIN):
    """PLAIN with `line` right below the header of a section."""
    header = f"[[{key}]]" if key in {"inbox", "agent"} else f"[{key}]"
    assert text.count(header) <= 1
    return text.replace(header, f"{header}\n{line}") if header in text else f"{text}\n{header}\n{line}\n"


# --- the example ---------------------------------------------------------------------------------------------------


def with_every_default_written_out():
    return re.sub(r"(?m)^# ([a-z_]+ = )", r"\1", EXAMPLE.read_text(encoding="utf-8"))


def with_the_optional_sections():
    """What stands in the example as sections that nobody has until they write them."""
    shown = re.findall(r"(?m)^#(?:   (.*))?$", EXAMPLE.read_text(encoding="utf-8"))
    return "\n".join([with_every_default_written_out(), *shown, ""])


def test_the_optional_sections_of_the_example_hold_their_own_tests(tmp_path):
    config = load(tmp_path, with_the_optional_sections())
    assert config.forms[0].source.keep == {"order": "Order number"}
    assert config.forms[0].test[0].customer == "ada@customer.example"


def test_the_example_loads_as_it_is(tmp_path):
    config = load(tmp_path, EXAMPLE.read_text(encoding="utf-8"))
    assert config.smtp.security == "starttls"
    assert config.inboxes[0].security == "tls"


def test_every_default_that_the_example_states_is_the_real_one(tmp_path):
    assert load(tmp_path, with_every_default_written_out()) == load(tmp_path, EXAMPLE.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("path", "model"), list(sections()), ids=lambda value: ".".join(value) if isinstance(value, tuple) else ""
)
def test_every_key_is_in_the_example(path, model):
    table = tomllib.loads(with_the_optional_sections())
    for step in path:
        table = table[step][0] if isinstance(table[step], list) else table[step]
    missing = set(keys_of(model)) - set(table)
    assert not missing


def test_the_example_has_no_line_that_is_commented_out_twice_or_too_long():
    for line in EXAMPLE.read_text(encoding="utf-8").splitlines():
        assert len(line) <= 125
        assert not line.startswith(("##", "# #"))


# --- what is wrong, all at once --------------------------------------------------------------------------------------


def test_every_wrong_key_is_named_at_once(tmp_path):
    found = problems(
        tmp_path,
        """
        [desk]
        nmae = "Harbour"
        timezone = "Europe/Berln"
        subaddress = "plsu"
        host = "x"
        [store]
        url = "mysql://root:hunter2@db.example/x"
        [smtp]
        host = "smtp.harbour.example"
        port = "587"
        password = "hunter2"
        timeout = "soon"
        [[inbox]]
        name = "support"
        address = "Help <help@harbour.example>"
        host = "imap.harbour.example"
        group = "billing"
        after = "delete"
        poll = "0s"
        max_size = 35
        ca_file = "not-there.pem"
        [[agent]]
        id = "a-name-too-long"
        name = ""
        addresses = ["mia@harbour.example", "tom"]
        lead = "yes"
        [hours]
        mon = "9-17"
        tue = ["09:00-12:00", "11:00-13:00"]
        wed = "17:00-17:00"
        thu = ["22:00-06:00", "23:00-23:30"]
        holidays = { country = "DE", region = "Bavaria", extra = ["24.12."] }
        [priority.1]
        first = "soon"
        [priority.2]
        then = ["1h until 2h"]
        [priority.3]
        first = "10s"
        [priority.6]
        first = "1h"
        [promises]
        remind_before = "1m"
        [limits]
        per_address_hour = 0
        [logs]
        level = "info"
        """,
    )
    assert set(found) == {
        "desk.name",
        "desk.nmae",
        "desk.timezone",
        "desk.subaddress",
        "desk.host",
        "store.url",
        "smtp.port",
        "smtp.password",
        "smtp.timeout",
        "inbox[support].address",
        "inbox[support].group",
        "inbox[support].after",
        "inbox[support].poll",
        "inbox[support].max_size",
        "inbox[support].ca_file",
        "inbox[support].password_env",
        "agent[a-name-too-long].id",
        "agent[a-name-too-long].name",
        "agent[a-name-too-long].addresses",
        "agent[a-name-too-long].lead",
        "hours.mon",
        "hours.tue",
        "hours.wed",
        "hours.thu",
        "hours.holidays.region",
        "hours.holidays.extra",
        "priority.1.first",
        "priority.2.then",
        "priority.3.first",
        "priority.6",
        "promises.remind_before",
        "limits.per_address_hour",
        "logs",
    }
    assert 'did you mean "name"?' in found["desk.nmae"]
    assert 'did you mean "Europe/Berlin"?' in found["desk.timezone"]
    assert found["desk.subaddress"] == 'must be one of "plus", "none"; did you mean "plus"?'
    assert "[smtp], [inbox]" in found["desk.host"]
    assert "whole number" in found["smtp.port"]
    assert "BY" in found["hours.holidays.region"]
    assert found["logs"] == 'is not a known key; did you mean "log"?'
    assert not any("hunter2" in reason for reason in found.values())


@pytest.mark.parametrize(
    ("key", "line", "where", "words"),
    [
        ("agent", 'groups = ["sales"]', "inbox[support].group", "groups with agents: sales"),
        ("inbox", 'aliases = ["Mia@Harbour.example"]', "agent[mia].addresses", "also inbox[support].aliases"),
        ("inbox", 'aliases = ["SUPPORT@harbour.example"]', "inbox[support].aliases", "also inbox[support].address"),
        ("desk", 'admins = ["support@harbour.example"]', "desk.admins", "write to itself"),
        ("inbox", 'password_file = "x"', "inbox[support].password_file", "not both"),
        ("smtp", 'username = "support"', "smtp.password_env", "missing"),
        ("smtp", 'password_env = "X"', "smtp.password_env", "username"),
        ("inbox", 'after = "move:INBOX"', "inbox[support].after", "folder that it watches"),
        ("inbox", "port = 0", "inbox[support].port", "at least 1"),
        ("inbox", 'lists = ["help@harbour.example"]', "inbox[support].lists", "not a List-Id"),
        ("inbox", 'lists = "help.harbour.example"', "inbox[support].lists", "square brackets"),
        ("inbox", "port = true", "inbox[support].port", "whole number"),
        ("inbox", "lead = true", "inbox[support].lead", "[agent]"),
        ("hours", "holidays = { region = 'BE' }", "hours.holidays.region", "country"),
        ("hours", "holidays = { country = 'Germany' }", "hours.holidays.country", "DE or US"),
        ("priority.1", "then = ['1h', '2h']", "priority.1.then", "is never reached"),
        ("priority.1", "then = ['30m until 2h', '1h until 1h', '2h']", "priority.1.then", "is never reached"),
        ("priority.1", "then = []", "priority.1.then", "how often"),
        ("priority.1", "then = '1h'", "priority.1.then", "list"),
        ("store", 'url = "sqlite://"', "store.url", "sqlite:///"),
        ("store", 'url = "postgresql://h:p/x"', "store.url", "port"),
        ("desk", 'language = "English"', "desk.language", "en or de"),
        ("desk", 'address_form = "Ihr"', "desk.address_form", '"ihr" is not one of "du" or "sie"'),
        ("goodwill", 'currency = "€"', "goodwill.currency", "EUR"),
        ("desk", 'agents_proven_by = "result"', "desk.agents_proven_by", 'did you mean "results"?'),
        (
            "desk",
            'agents_proven_by = "results"',
            "desk.agents_proven_by",
            "needs desk.authserv_id: the first word behind",
        ),
        ("desk", 'agents_proven_by = "internal-hop"', "desk.agents_proven_by", "needs desk.own_hosts: the word behind"),
        ("desk", 'own_hosts = ["mail.harbour.example:25"]', "desk.own_hosts", "not the name of a server"),
        ("desk", 'own_hosts = "mail.harbour.example"', "desk.own_hosts", "square brackets"),
        ("office", 'press = ["kin"]', "office.press", 'there is no agent or group "kin"'),
        ("office", 'press = "mia"', "office.press", "square brackets"),
        ("office", 'bereavment = ["mia"]', "office.bereavment", 'did you mean "bereavement"?'),
        ("priority.unsure", 'first = "none"', "priority.unsure.first", "must be a length of time"),
        ("priority.unsure", 'alarm = "3s"', "priority.unsure.alarm", "less than a minute"),
        ("smtp", 'host = "a\\u0000b"', "smtp.host", "control characters"),
    ],
)
def test_what_keys_say_about_each_other(tmp_path, key, line, where, words):
    text = PLAIN if not line.startswith("host") else PLAIN.replace('host = "smtp.harbour.example"', "")
    found = problems(tmp_path, changed(key, line, text))
    assert list(found) == [where]
    assert words in found[where]


def test_a_second_inbox_must_differ_in_name_address_and_folder(tmp_path):
    inbox = PLAIN[PLAIN.index("[[inbox]]") : PLAIN.index("[[agent]]")]
    assert set(problems(tmp_path, PLAIN + inbox)) == {
        "inbox[support].name",
        "inbox[support].address",
        "inbox[support].folder",
    }
    other = inbox.replace('"support"', '"sales"').replace("support@", "sales@")
    assert len(load(tmp_path, PLAIN + other).inboxes) == 2


def test_all_days_closed_is_not_a_desk(tmp_path):
    closed = "\n".join(f'{day} = "closed"' for day in ("mon", "tue", "wed", "thu", "fri"))
    assert "24x7" in problems(tmp_path, changed("hours", closed))["hours"]


@pytest.mark.parametrize("section", ["[desk]", "[smtp]", "[[inbox]]", "[[agent]]"])
def test_a_section_that_is_needed_is_asked_for(tmp_path, section):
    start = PLAIN.index(section)
    after = PLAIN.find("\n[", start + 2)
    found = problems(tmp_path, PLAIN[:start] + (PLAIN[after:] if after > 0 else ""))
    assert found[section.strip("[]")] == "is missing"


@pytest.mark.parametrize(
    ("content", "words"), [(b"[desk\n", "line 1"), (b'[desk]\nname = "\xff"', "UTF-8"), (None, "init")]
)
def test_a_file_that_cannot_be_read_says_so(tmp_path, content, words):
    if content is not None:
        (tmp_path / "config.toml").write_bytes(content)
    with pytest.raises(ConfigError, match=words):
        load_config(tmp_path)


def test_reply_addresses_must_fit_the_local_part(tmp_path):
    long = PLAIN.replace("support@", "customer.service@")
    assert load(tmp_path, long.replace('"mia"', '"mia4"'))
    assert "shorten either by 1" in problems(tmp_path, long.replace('"mia"', '"mia45"'))["inbox[support].address"]
    assert load(tmp_path, changed("desk", 'subaddress = "none"', long.replace('"mia"', '"mia45"')))
    assert "plus sign" in problems(tmp_path, PLAIN.replace("support@", "help+desk@"))["inbox[support].address"]
    assert "64" in problems(tmp_path, PLAIN.replace("support@", "s" * 65 + "@"))["inbox[support].address"]


# --- values ----------------------------------------------------------------------------------------------------------


@given(st.integers(min_value=1, max_value=10**9))
def test_a_duration_is_read_back_as_it_was_written(seconds):
    assert parse_duration(write_duration(timedelta(seconds=seconds))) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "5", "m5", "5 minutes", "1m1h", "-5m", "1.5h", "５m", "2w"])
def test_what_is_no_duration(text):
    with pytest.raises(ValueError, match="such as"):
        parse_duration(text)


def test_durations_and_sizes():
    assert parse_duration(" 1H 30m ") == timedelta(minutes=90)
    assert write_duration(timedelta()) == "0s"
    assert parse_size("35MB") == 35_000_000
    assert parse_size("1 kb") == 1_000
    with pytest.raises(ValueError, match="size"):
        parse_size("lots")


@pytest.mark.slow
@given(st.text())
def test_any_text_as_a_value_is_taken_or_named(text):
    from pydantic import TypeAdapter, ValidationError

    from mailbot.config import values as v

    for kind in (v.Duration, v.OptionalDuration, v.Size, v.Zone, v.MailAddress, v.Language, v.Day, v.Name, v.AgentId):
        with suppress(ValidationError):
            TypeAdapter(kind).validate_python(text)


def test_ports_follow_the_security(tmp_path):
    for security, imap, smtp in (("tls", 993, 465), ("starttls", 143, 587), ("none", 143, 25)):
        text = changed("smtp", f'security = "{security}"', changed("inbox", f'security = "{security}"'))
        config = load(tmp_path, text)
        assert (config.inboxes[0].port, config.smtp.port) == (imap, smtp)


def test_paths_begin_at_the_site(tmp_path, monkeypatch):
    monkeypatch.chdir("/")
    config = load(tmp_path, changed("inbox", 'password_file = "pw"', PLAIN.replace("password_env", "# password_env")))
    assert config.site == tmp_path
    assert config.desk.secret_file == tmp_path / "storage/secret"
    assert config.database_url == f"sqlite:///{tmp_path}/storage/desk.db"
    assert config.inboxes[0].password_file == tmp_path / "pw"


def test_one_changed_key_keeps_the_other_defaults_of_its_priority(tmp_path):
    pace = load(tmp_path, changed("priority.1", 'first = "5m"')).priority.levels[1]
    assert (pace.first, pace.clock, len(pace.then)) == (timedelta(minutes=5), "24x7", 2)


# --- passwords -------------------------------------------------------------------------------------------------------


def test_passwords_are_read_when_they_are_asked_for_and_never_shown(tmp_path, monkeypatch):
    text = changed("smtp", 'username = "desk"\npassword_file = "pw"')
    config = load(tmp_path, text)
    assert [problem.split(":")[0] for problem in password_problems(config)] == [
        "inbox[support].password_env",
        "smtp.password_file",
    ]
    with pytest.raises(ConfigError, match="HARBOUR_PASSWORD"):
        config.inboxes[0].password()
    monkeypatch.setenv("HARBOUR_PASSWORD", "first-secret")
    (tmp_path / "pw").write_text("file secret \n", encoding="utf-8")
    assert password_problems(config) == []
    assert config.inboxes[0].password() == "first-secret"
    assert config.smtp.password() == "file secret "
    monkeypatch.setenv("HARBOUR_PASSWORD", "second-secret")
    assert config.inboxes[0].password() == "second-secret"
    assert "secret " not in repr(config)
    assert "second-secret" not in repr(config)


def test_a_database_url_with_a_password_is_not_shown(tmp_path, monkeypatch):
    config = load(tmp_path, changed("store", 'url = "postgresql://desk:hunter2@db.example/desk"'))
    assert config.database_url == "postgresql+psycopg://desk:hunter2@db.example/desk"
    assert "hunter2" not in repr(config) + str(config)
    config = load(tmp_path, changed("store", 'url_env = "HARBOUR_DB"'))
    with pytest.raises(ConfigError, match="HARBOUR_DB"):
        _ = config.database_url
    monkeypatch.setenv("HARBOUR_DB", "oracle://desk:hunter2@db.example/desk")
    with pytest.raises(ConfigError) as caught:
        _ = config.database_url
    assert "hunter2" not in str(caught.value)
    monkeypatch.setenv("HARBOUR_DB", "sqlite:///other.db")
    assert config.database_url == f"sqlite:///{tmp_path}/other.db"
