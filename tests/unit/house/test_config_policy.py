"""What the config makes of the policy, and that any file at all is taken or named."""

import json
import tomllib
from contextlib import suppress
from dataclasses import fields, replace
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailbot.config import policy_of
from mailbot.config.models import LimitsConfig
from mailbot.config.problems import keys_of, sections
from mailbot.core.model.message import Author
from mailbot.core.model.outgoing import OutboxState
from mailbot.core.model.policy import AgentProof, DigestTimes, Limits, Step
from mailbot.core.model.promise import PromiseState
from mailbot.core.model.ticket import TicketState
from mailbot.errors import ConfigError
from tests.thorough import examples
from tests.unit.house.test_config import PLAIN, changed, load, problems

_WORDS = ("ack", "nudge", "cover", "late", "update", "desk", *PromiseState, *TicketState, *Author, *OutboxState)


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


def test_the_pages_of_a_day_are_sent_unless_they_are_turned_off(tmp_path):
    def pages(config):
        policy = policy_of(load(tmp_path, config), frozenset({"en"}))
        return policy.morning_page, policy.evening_page

    assert pages(PLAIN) == (True, True)
    assert pages(changed("pages", "morning = false")) == (False, True)
    assert pages(changed("pages", "evening = false")) == (True, False)
    assert problems(tmp_path, changed("pages", "noon = true")).keys() == {"pages.noon"}


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


MORNING = ((time(8), time(12)),)
OFFICE = ((time(9), time(17)),)


@pytest.mark.parametrize(
    ("said", "spans"),
    [
        ('"08:00-12:00"', dict.fromkeys(range(5), MORNING)),
        ('{ mon = "08:00-12:00", fri = "closed" }', {0: MORNING, 1: OFFICE, 2: OFFICE, 3: OFFICE}),
        ('{ sat = "08:00-12:00" }', {**dict.fromkeys(range(5), OFFICE), 5: MORNING}),
    ],
)
def test_an_agent_has_hours_of_their_own_by_their_own_clock(tmp_path, said, spans):
    text = changed("agent", f'timezone = "America/New_York"\nhours = {said}')
    (agent,) = policy_of(load(tmp_path, text), frozenset({"en"})).agents.values()
    assert (agent.hours.spans, agent.hours.zone) == (spans, ZoneInfo("America/New_York"))
    (plain,) = policy_of(load(tmp_path, changed("agent", 'hours = ""')), frozenset({"en"})).agents.values()
    assert (plain.hours, plain.digest) == (None, None)


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ('hours = "8-12"', '"8" is not a clock time'),
        ("hours = 8", 'must be "09:00-17:00", a list of such spans, or a table of days'),
        ('hours = { monday = "08:00-12:00" }', '"monday" is not one of the days mon, tue'),
        ('hours = { mon = "12:00-12:00" }', 'mon "12:00-12:00" has no length'),
        ('hours = "closed"', "has no open day"),
        ('digest = "sometimes"', 'must be a length of time such as "2h", a list of clock times'),
        ('digest = "2d"', 'must be between "1s" and "1d"'),
        ('digest = ["9"]', '"9" is not a clock time'),
        ("digest = 2", 'must be a length of time such as "2h"'),
    ],
)
def test_what_is_wrong_with_an_agents_hours_or_digest_is_said(tmp_path, said, problem):
    (found,) = problems(tmp_path, changed("agent", said)).values()
    assert problem in found


def test_somebody_who_is_never_there_is_named(tmp_path):
    never = "{ " + ", ".join(f'{day} = "closed"' for day in ("mon", "tue", "wed", "thu", "fri")) + " }"
    with pytest.raises(ConfigError, match="hours: has no open day"):
        policy_of(load(tmp_path, changed("agent", f"hours = {never}")), frozenset({"en"}))


def test_a_digest_comes_every_so_often_or_at_clock_times(tmp_path):
    for said, meant in (
        ('"2h"', DigestTimes(every=timedelta(hours=2))),
        ('["14:00", "09:00"]', DigestTimes(at=(time(9), time(14)))),
        ('"busy"', DigestTimes(busy=True)),
    ):
        (agent,) = policy_of(load(tmp_path, changed("agent", f"digest = {said}")), frozenset({"en"})).agents.values()
        assert agent.digest == meant


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


SETS = frozenset({"en", "de", "de-du"})


@pytest.mark.parametrize(
    ("desk", "inbox", "language", "form"),
    [
        ('address_form = "du"', "", "en", "du"),
        ('language = "de"\naddress_form = "du"', "", "de-du", "du"),
        ('language = "de"\naddress_form = "Du"', 'address_form = "sie"', "de", "sie"),
        ('language = "de-du"', 'address_form = "sie"', "de", "sie"),
        ('language = "de"\naddress_form = "sie"', 'language = "de-du"', "de-du", "du"),
        ('address_form = "sie"', 'language = "de"\naddress_form = "du"', "de-du", "du"),
        ("", "", "en", ""),
    ],
)
def test_how_an_inbox_speaks_to_people(tmp_path, desk, inbox, language, form):
    policy = policy_of(load(tmp_path, changed("inbox", inbox, changed("desk", desk))), SETS)
    assert (policy.inboxes["support"].language, policy.inboxes["support"].address_form) == (language, form)


def test_a_form_of_address_that_contradicts_the_language_or_has_no_letters_is_a_problem(tmp_path):
    text = changed("inbox", 'address_form = "sie"\nlanguage = "de-du"')
    with pytest.raises(ConfigError, match=r'inbox\[support\]\.address_form: it says "sie", and .* says du'):
        policy_of(load(tmp_path, text), SETS)
    with pytest.raises(ConfigError, match=r"desk\.address_form: there is no set of letters that says du"):
        policy_of(load(tmp_path, changed("desk", 'address_form = "du"')), frozenset({"en", "de"}))


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
