"""The config: the example is true, every wrong key is named at once, nothing secret is shown."""

import json
import re
import tomllib
from contextlib import suppress
from dataclasses import fields, replace
from datetime import date, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailbot.config import load_config, password_problems, policy_of
from mailbot.config.durations import parse_duration, parse_size, write_duration
from mailbot.config.models import LimitsConfig
from mailbot.config.problems import keys_of, sections
from mailbot.core.model.message import Author
from mailbot.core.model.outgoing import OutboxState
from mailbot.core.model.policy import AgentProof, Limits, Step
from mailbot.core.model.promise import PromiseState
from mailbot.core.model.ticket import TicketState
from mailbot.errors import ConfigError
from tests.thorough import examples

_WORDS = ("ack", "nudge", "cover", "late", "update", "desk", *PromiseState, *TicketState, *Author, *OutboxState)
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
    return dict(problem.split(": ", 1) for problem in caught.value.problems)


def changed(key, line, text=PLAIN):
    """PLAIN with `line` right below the header of a section."""
    header = f"[[{key}]]" if key in {"inbox", "agent"} else f"[{key}]"
    assert text.count(header) <= 1
    return text.replace(header, f"{header}\n{line}") if header in text else f"{text}\n{header}\n{line}\n"


# --- the example ---------------------------------------------------------------------------------------------------


def with_every_default_written_out():
    return re.sub(r"(?m)^# ([a-z_]+ = )", r"\1", EXAMPLE.read_text(encoding="utf-8"))


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
    table = tomllib.loads(with_every_default_written_out())
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


# --- the policy ------------------------------------------------------------------------------------------------------


def test_the_policy_has_the_promises_of_the_design(tmp_path):
    cadences = policy_of(load(tmp_path), frozenset({"en", "de"})).cadences
    hours, day = timedelta(hours=1), timedelta(days=1)
    assert set(cadences) == {1, 2, 3, 4, 5}
    assert cadences[1].first == timedelta(minutes=15)
    assert cadences[1].steps == (Step(every=timedelta(minutes=30), until=2 * hours), Step(every=hours))
    assert cadences[1].hours.always
    assert (cadences[2].first, cadences[2].steps) == (hours, (Step(every=4 * hours),))
    assert (cadences[3].first, cadences[3].after_estimate) == (4 * hours, 3 * day)
    assert (cadences[4].first, cadences[4].only_if_unanswered) == (8 * hours, True)
    assert (cadences[5].first, cadences[5].steps) == (None, ())
    assert not any(cadences[level].hours.always for level in (2, 3, 4, 5))


def test_what_no_rule_knows_is_looked_at_within_an_hour_and_at_night_only_where_an_agent_leads(tmp_path):
    unsure = policy_of(load(tmp_path), frozenset({"en"})).unsure
    assert (unsure.calm.first, unsure.calm.hours.always, unsure.alarm) == (timedelta(hours=1), False, None)
    led = PLAIN + "lead = true\n"
    alarm = policy_of(load(tmp_path, led), frozenset({"en"})).unsure.alarm
    assert (alarm.first, alarm.hours.always) == (timedelta(minutes=30), True)
    off = led + '[priority.unsure]\nalarm = "none"\nfirst = "2h"\n'
    unsure = policy_of(load(tmp_path, off), frozenset({"en"})).unsure
    assert (unsure.calm.first, unsure.alarm) == (timedelta(hours=2), None)


def test_a_desk_is_tried_out_in_seconds_only_where_it_says_so(tmp_path):
    pace = changed("priority.2", 'first = "20s"\nthen = ["12s"]\nafter_estimate = "30s"')
    found = problems(tmp_path, pace)
    assert set(found) == {"priority.2.first", "priority.2.then", "priority.2.after_estimate"}
    assert found["priority.2.then"] == '"12s" would write more than once a minute'
    policy = policy_of(load(tmp_path, changed("promises", 'count_in = "seconds"', pace)), frozenset({"en"}))
    assert policy.grain == timedelta(seconds=1)
    assert policy.cadences[2].first == timedelta(seconds=20)
    assert policy_of(load(tmp_path), frozenset({"en"})).grain == timedelta(minutes=1)
    none = changed("priority.2", 'first = "0s"\nthen = ["0s"]')
    assert (
        "less than a second"
        in problems(tmp_path, changed("promises", 'count_in = "seconds"', none))["priority.2.first"]
    )


def test_the_policy_is_what_was_configured(tmp_path):
    text = changed("desk", 'language = "de"\nauthserv_id = "mx.harbour.example"\nadmins = ["ops@harbour.example"]')
    text = changed("agent", 'timezone = "America/New_York"\nepoch = 3\nlead = true', text)
    text = changed("inbox", 'aliases = ["help@harbour.example"]\ndisplay_name = "Harbour Help"', text)
    text = changed("inbox", 'lists = ["Help <help.Harbour.example>", "all.harbour.example"]', text)
    policy = policy_of(load(tmp_path, text), frozenset({"en", "de"}))
    assert policy.zone == ZoneInfo("Europe/Berlin")
    assert policy.inboxes["support"].language == "de"
    assert policy.inboxes["support"].display_name == "Harbour Help"
    assert policy.inboxes["support"].lists == {"help.harbour.example", "all.harbour.example"}
    assert policy.own_addresses == {"support@harbour.example", "help@harbour.example"}
    assert policy.agents["mia"].zone == ZoneInfo("America/New_York")
    assert (policy.agents["mia"].epoch, policy.leads()) == (3, (policy.agents["mia"],))
    assert (policy.verp, policy.subaddress, policy.authserv_id) == (True, True, "mx.harbour.example")
    plain = policy_of(load(tmp_path, changed("desk", 'subaddress = "none"')), frozenset({"en"}))
    assert (plain.verp, plain.subaddress, plain.admins) == (False, False, ())


@pytest.mark.parametrize(
    ("lines", "proof", "hosts"),
    [
        ("", AgentProof.ADDRESS, set()),
        ('authserv_id = "mx.harbour.example"', AgentProof.RESULTS, set()),
        ('authserv_id = "mx.harbour.example"\nagents_proven_by = ""', AgentProof.RESULTS, set()),
        ('authserv_id = "mx.harbour.example"\nagents_proven_by = "address"', AgentProof.ADDRESS, set()),
        ('authserv_id = "Microsoft365"\nagents_proven_by = "internal-hop"', AgentProof.INTERNAL_HOP, set()),
        (
            'agents_proven_by = "internal-hop"\nown_hosts = ["Mail.harbour.example.", "[2001:DB8::1]"]',
            AgentProof.INTERNAL_HOP,
            {"mail.harbour.example", "2001:db8::1"},
        ),
    ],
)
def test_how_agents_are_known(tmp_path, lines, proof, hosts):
    policy = policy_of(load(tmp_path, changed("desk", lines)), frozenset())
    assert (policy.agent_proof, policy.own_hosts) == (proof, hosts)


def test_hours_and_holidays(tmp_path):
    text = changed(
        "hours",
        """
        timezone = "America/New_York"
        mon = ["13:30-17:00", "09:00-12:30"]
        wed = ["08:00-12:00", "22:00-06:00"]
        thu = "00:00-24:00"
        fri = "9:00–15:00"
        sun = "closed"
        holidays = { country = "US", extra = [2026-12-24, "2026-12-31"] }
        """,
    )
    hours = policy_of(load(tmp_path, text), frozenset(), today=date(2026, 6, 1)).cadences[2].hours
    assert hours.zone == ZoneInfo("America/New_York")
    assert hours.spans[0] == ((time(9), time(12, 30)), (time(13, 30), time(17)))
    assert hours.spans[4] == ((time(9), time(15)),)
    assert hours.spans[2] == ((time(8), time(12)), (time(22), time(6)))
    assert hours.spans[3] == ((time(0), time(0)),)
    assert set(hours.spans) == {0, 1, 2, 3, 4}
    assert date(2026, 7, 3) in hours.holidays  # the Fourth is a Saturday: observed on the Friday before
    assert {date(2026, 12, 24), date(2026, 12, 31)} <= hours.holidays
    assert {day.year for day in hours.holidays} == {2025, 2026, 2027, 2028, 2029}


def test_a_region_has_its_own_holidays(tmp_path):
    def closed(region):
        text = changed("hours", f'holidays = {{ country = "DE", region = "{region}" }}')
        return policy_of(load(tmp_path, text), frozenset(), today=date(2026, 6, 1)).cadences[2].hours.holidays

    assert closed("BE") - closed("BY") == {date(year, 3, 8) for year in range(2025, 2030)} | {
        date(2025, 5, 8),
        date(2028, 6, 17),
    }


def test_a_language_without_letters_is_a_problem(tmp_path):
    text = changed("agent", 'language = "fr"', changed("inbox", 'language = "dk"'))
    with pytest.raises(ConfigError) as caught:
        policy_of(load(tmp_path, text), frozenset({"en", "de"}))
    assert [problem.split(":")[0] for problem in caught.value.problems] == [
        "inbox[support].language",
        "agent[mia].language",
    ]


# --- whatever is in it -----------------------------------------------------------------------------------------------

KEYS = sorted({key for _, model in sections() for key in keys_of(model)} | {"password", "1", "x y"})
SCALARS = st.one_of(
    st.booleans(),
    st.integers(min_value=-(2**40), max_value=2**40),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(codec="utf-8", exclude_characters="\x7f"), max_size=70),
    st.sampled_from(
        ["", "1h", "09:00-17:00", "a@b.example", "support", "plus", "DE", "move:", "Europe/Berlin", "none"]
    ),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=3)),
    max_leaves=8,
)


def toml(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=not isinstance(value, str))


@pytest.mark.slow
@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=8))
def test_any_file_is_taken_or_named(tmp_path, data):
    text = "".join(f"{json.dumps(key)} = {toml(value)}\n" for key, value in data.items())
    assert tomllib.loads(text) == data
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    assert caught.value.problems
    assert all(problem.partition(": ")[2] for problem in caught.value.problems)


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([path for path, _ in sections() if path]), st.sampled_from(KEYS), VALUES)
def test_any_one_value_is_taken_or_only_its_section_named(tmp_path, path, key, value):
    data = tomllib.loads(PLAIN)
    table = data
    for step in path:
        table = table.setdefault(step, {})
        table = table[0] if isinstance(table, list) else table
    table[key] = value
    with suppress(ConfigError):
        load(tmp_path, "".join(f"{name} = {toml(section)}\n" for name, section in data.items()))


def test_every_limit_reaches_the_core(tmp_path):
    keys = [key for key in keys_of(LimitsConfig) if key != "too_old"]
    text = "".join(f"{key} = {1000 + number}\n" for number, key in enumerate(keys)) + 'too_old = "7m"'
    limits = policy_of(load(tmp_path, changed("limits", text)), frozenset()).limits
    assert [getattr(limits, key) for key in keys] == [1000 + number for number in range(len(keys))]
    assert limits.too_old == timedelta(minutes=7)
    assert {field.name for field in fields(Limits)} == {*keys, "too_old", "urgent_hour", "public_domains"}
    plain = policy_of(load(tmp_path), frozenset()).limits
    assert replace(plain, public_domains=frozenset()) == Limits()
    assert len(plain.public_domains) > 100


@pytest.mark.parametrize("name", sorted(set(_WORDS)))
def test_hazard_48_an_agent_is_not_called_like_a_letter_or_a_state(tmp_path, name):
    found = problems(tmp_path, PLAIN.replace('id = "mia"', f'id = "{name}"'))
    assert "a word that the desk uses itself" in found[f"agent[{name}].id"]
