"""A changed config.toml in a running desk: what can count at once does, what cannot is named, what is wrong changes nothing."""

import pytest

from mailbot.demo.servers import EmbeddedServers
from tests.wire.daemon import BEN, DESK, MIA, PASSWORD, letter, new_site, parsed, text_of, wait_until

ANA = ("Ana Reis", "ana@customer.example")
LEO = ("Leo Berg", "leo@desk.example")


@pytest.fixture
def servers():
    users = dict.fromkeys((DESK, BEN[1], MIA[1], LEO[1], ANA[1]), PASSWORD)
    with EmbeddedServers(users).run_in_thread() as running:
        yield running


@pytest.fixture
def site(servers, tmp_path):
    with new_site(tmp_path / "site", warm=True, few_rules=True) as made:
        made.configure(smtp=servers.smtp_port, imap=servers.imap_port, poll="1s")
        yield made


def change(site, *pairs, by=lambda path, text: path.write_text(text, "utf-8")):
    path = site.folder / "config.toml"
    text = path.read_text("utf-8")
    for old, new in pairs:
        assert text.count(old) >= 1, old
        text = text.replace(old, new)
    by(path, text)


def renamed(path, text):
    """As many editors save: another file takes the place of the first, and a third one is left beside it."""
    beside = path.with_name(".config.toml.swp")
    beside.write_text(text, "utf-8")
    path.with_name("config.toml~").write_bytes(path.read_bytes())
    path.with_name("4913").write_text("", "utf-8")
    beside.replace(path)


def write(servers, subject):
    raw = letter(ANA, DESK, subject, "Since this morning nothing works at all. What shall we do?")
    servers.deliver_now(DESK, raw)


def test_people_names_and_hours_count_without_a_restart(site, servers):
    daemon = site.start()
    change(
        site,
        ('name = "Desk Support"', 'name = "Harbour Help"'),  # of the desk, and of its inbox
        ("[pages]", '[[agent]]\nid = "leo"\nname = "Leo Berg"\naddresses = ["leo@desk.example"]\n[pages]'),
        ("[limits]", '[hours]\nmon = "10:00-12:00"\n[limits]'),
        by=renamed,
    )
    (line,) = daemon.wait_for("reloaded")
    assert line["files"] == ["config.toml"]
    assert line["config"] == ["desk.name", "inbox[support].display_name", "agent[leo]", "hours.mon"]
    write(servers, "First")
    wait_until(lambda: servers.messages(LEO[1]), "the new colleague hears of it")
    wait_until(lambda: servers.messages(ANA[1]), "and the customer gets a letter")
    assert parsed(servers.messages(ANA[1])[0])["From"].addresses[0].display_name.endswith("Harbour Help")
    assert not daemon.lines("restart to make it count")
    assert not daemon.lines("not reloaded")
    assert daemon.terminate()[0] == 0


def test_what_waits_for_a_restart_is_named_and_changes_nothing(site, servers):
    daemon = site.start()
    change(
        site,
        (f"port = {servers.imap_port}", "port = 1"),
        ('url = "', 'url = "sqlite:///other.db" #'),
        ("breaker_floor = 100000", "breaker_floor = 90000"),
    )
    (line,) = daemon.wait_for("restart to make it count")
    assert line["keys"] == ["store.url", "inbox[support].port"]
    assert line["level"] == "warning"
    (line,) = daemon.wait_for("reloaded")
    assert line["config"] == ["limits.breaker_floor"]
    write(servers, "Second")
    wait_until(lambda: servers.messages(ANA[1]), "it goes on with what it started with")
    change(site, ("port = 1\n", f"port = {servers.imap_port}\n"), ('url = "sqlite:///other.db" #', 'url = "'))
    daemon.wait_for("reloaded", count=2)
    assert len(daemon.lines("restart to make it count")) == 1, "nothing waits any more"
    assert daemon.terminate()[0] == 0


def test_first_hour_15_a_broken_one_is_refused_whole_and_told_once(site, servers):
    daemon = site.start()
    good = (site.folder / "config.toml").read_text("utf-8")
    change(
        site,
        ('name = "Desk Support"', 'name = "Never"'),
        ("breaker_floor = 100000", 'breaker_flor = 1\ntoo_old = "soon"'),
        by=renamed,
    )
    (line,) = daemon.wait_for("not reloaded")
    assert line["files"] == ["config.toml"]
    assert [problem.split(": ")[:2] for problem in line["problems"]] == [
        ["config.toml", "limits.too_old"],
        ["config.toml", "limits.breaker_flor"],
    ]
    wait_until(lambda: servers.messages(MIA[1]), "the admins are told")
    told = text_of(parsed(servers.messages(MIA[1])[0]))
    assert "limits.breaker_flor: is not a known key" in told
    assert "mailbot check --offline" in told
    assert "rules check" not in told
    for left in ("4913", ".swp", "config.toml~"):
        assert left not in told
    write(servers, "Third")
    wait_until(lambda: servers.messages(ANA[1]), "the old one goes on")
    assert parsed(servers.messages(ANA[1])[0])["From"].addresses[0].display_name.endswith("Desk Support")
    (site.folder / "config.toml").write_text(good, "utf-8")
    daemon.wait_for("reloaded")
    assert len(servers.messages(MIA[1])) == 1
    assert len(daemon.lines("not reloaded")) == 1
    assert daemon.terminate()[0] == 0


def test_first_hour_15_a_broken_letter_is_named_by_its_file(site, servers):
    daemon = site.start()
    path = site.folder / "templates/en/ack.txt.j2"
    beside = path.with_name(".ack.txt.j2.swp")
    beside.write_text("{{ nobody_knows_this", "utf-8")
    path.with_name("4913").write_text("", "utf-8")
    path.with_name("4913").unlink()
    beside.replace(path)
    (line,) = daemon.wait_for("not reloaded")
    assert line["files"] == ["ack.txt.j2"]
    wait_until(lambda: servers.messages(MIA[1]), "the admins are told")
    mail = parsed(servers.messages(MIA[1])[0])
    for shown in (str(mail["Subject"]), text_of(mail)):
        assert "4913" not in shown
        assert "swp" not in shown
    assert "mailbot check --offline" in text_of(mail)
    assert daemon.terminate()[0] == 0
