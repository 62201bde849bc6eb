"""Which keys of a config a running desk takes over, key by key, and which wait for its next start."""

import pytest

from mailbot.config.effective import values_of
from mailbot.config.reload import ConfigFile, merged
from mailbot.errors import ConfigError
from tests.unit.house.test_config import PLAIN, changed, load, site

MORE = """
[[inbox]]
name = "billing"
address = "billing@harbour.example"
host = "imap.harbour.example"
password_env = "HARBOUR_PASSWORD"
"""
AT_ONCE = {
    "desk.timezone": ("desk", 'timezone = "Asia/Tokyo"'),
    "desk.admins": ("desk", 'admins = ["ida@harbour.example"]'),
    "inbox[support].aliases": ("inbox", 'aliases = ["help@harbour.example"]'),
    "agent[mia].epoch": ("agent", "epoch = 2"),
    "hours.mon": ("hours", 'mon = "08:00-12:00"'),
    "priority.1.first": ("priority.1", 'first = "2h"'),
    "limits.per_address_day": ("limits", "per_address_day = 4"),
    "promises.remind_before": ("promises", 'remind_before = "20m"'),
    "pages.morning": ("pages", "morning = false"),
    "office.legal": ("office", 'legal = ["mia"]'),
    "oncall.next_after": ("oncall", 'next_after = "7m"'),
    "spam.subjects": ("spam", 'subjects = ["[JUNK]"]'),
}
WAITING = {
    "desk.secret_file": ("desk", 'secret_file = "another"'),
    "desk.mail_time": ("desk", 'mail_time = "20s"'),
    "store.url": ("store", 'url = "postgresql://mia:two@db.example/desk"'),
    "smtp.connections": ("smtp", "connections = 1"),
    "inbox[support].folder": ("inbox", 'folder = "Help"'),
    "inbox[support].password_file": ("inbox", 'password_file = "pw"'),
    "log.level": ("log", 'level = "debug"'),
    "oncall.webhook": ("oncall", 'webhook = "https://hooks.example/a"'),
}
BASE = (
    PLAIN.replace('timezone = "Europe/Berlin"\n', "")
    + '[oncall]\nrota = ["mia"]\nwebhook = "https://hooks.example/b"\n'
)


def reloaded(tmp_path, text, base=BASE):
    file = ConfigFile(load(tmp_path, base))
    site(tmp_path, text)
    return file, file.reload(frozenset())


@pytest.mark.parametrize("key", AT_ONCE)
def test_these_count_at_once(tmp_path, key):
    _, found = reloaded(tmp_path, changed(*AT_ONCE[key], BASE))
    assert (found.changed, found.waiting) == ((key,), ())


@pytest.mark.parametrize("key", WAITING)
def test_these_wait_for_the_next_start(tmp_path, key):
    text = changed(*WAITING[key], BASE)
    if key == "oncall.webhook":
        text = text.replace('webhook = "https://hooks.example/b"\n', "")
    if key.endswith("password_file"):
        text = text.replace('password_env = "HARBOUR_PASSWORD"\n', "")
    _, found = reloaded(tmp_path, text)
    assert found.changed == ()
    assert key in found.waiting
    assert "two" not in repr(found.waiting)


def test_a_new_inbox_waits_and_a_new_agent_does_not(tmp_path):
    _, found = reloaded(tmp_path, BASE + MORE + '[[agent]]\nid = "leo"\nname = "Leo"\naddresses = ["leo@h.example"]\n')
    assert (found.changed, found.waiting) == (("agent[leo]",), ("inbox[billing]",))
    assert set(found.policy.inboxes) == {"support"}
    assert set(found.policy.agents) == {"mia", "leo"}


def test_what_changed_is_told_once(tmp_path):
    file, found = reloaded(tmp_path, changed("limits", "per_address_day = 4", BASE))
    assert found.policy.limits.per_address_day == 4
    assert file.reload(frozenset()).changed == found.changed, "it was not taken yet"
    file.took()
    assert file.reload(frozenset()).changed == ()


def test_a_mistake_is_raised_and_the_known_one_stays(tmp_path):
    file, _ = reloaded(tmp_path, BASE)
    site(tmp_path, changed("limits", "per_address_day = 0", BASE))
    with pytest.raises(ConfigError, match="per_address_day: must be at least 1"):
        file.reload(frozenset())


def test_what_cannot_change_is_as_it_was(tmp_path):
    started = load(tmp_path, BASE)
    text = BASE
    for key, (section, line) in {**WAITING, **AT_ONCE}.items():
        if key != "inbox[support].password_file":
            text = changed(section, line, text)
    text = text.replace('webhook = "https://hooks.example/b"\n', "")
    wanted = load(tmp_path, text)
    now, before, after = values_of(merged(started, wanted)), values_of(started), values_of(wanted)
    assert {key for key in now if now[key] != before[key]} == set(AT_ONCE)
    assert all(now[key] == after[key] for key in AT_ONCE)


def test_a_rota_without_a_second_road_counts_at_once_and_with_one_it_waits(tmp_path):
    plain = PLAIN + '[oncall]\nrota = ["mia"]\n'
    _, found = reloaded(tmp_path, PLAIN, plain)
    assert (found.changed, found.waiting) == (("oncall.rota",), ())
    assert found.policy.oncall is None
    _, found = reloaded(tmp_path, PLAIN, BASE)
    assert "oncall.rota" in found.waiting
    assert found.policy.oncall is not None, "what calls people runs on"
