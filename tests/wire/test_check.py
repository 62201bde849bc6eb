"""`mailbot check` at a real Dovecot and Postfix: what they can do, whether mail comes back, and slips of the pen."""

import json
from contextlib import ExitStack

import pytest
from imapclient import IMAPClient
from typer.testing import CliRunner

from mailbot.cli.main import app
from mailbot.demo import servers as demo_servers
from mailbot.demo import stamping
from mailbot.demo.servers import EmbeddedServers
from tests.wire.daemon import DESK, PASSWORD, new_site, wait_until

SHORT = "3"  # seconds that a mail is waited for which will not come


@pytest.fixture
def site(mailstack, tmp_path, monkeypatch):
    monkeypatch.setenv("MAILBOT_TEST_PASSWORD", PASSWORD)
    mailstack.empty(DESK)
    with new_site(tmp_path / "desk", few_rules=True) as made:
        made.configure(
            smtp=mailstack.submission,
            imap=mailstack.imaps,
            host="localhost",
            smtp_security="starttls",
            imap_security="tls",
            ca_file=mailstack.ca_file,
        )
        yield made
    mailstack.empty(DESK)


def checked(site, *args, seconds="60"):
    """What it says as JSON; never a traceback, and never a password."""
    done = CliRunner().invoke(app, ["check", "--site", str(site.folder), "--json", "--wait", seconds, *args])
    assert isinstance(done.exception, SystemExit | None), done.exception
    assert "Traceback" not in done.output
    found = json.loads(done.stdout)
    assert done.exit_code == (0 if found["ok"] else 2)
    return found


def change(site, old, new):
    path = site.folder / "config.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_all_is_well_and_nothing_is_left_behind(site, mailstack):
    mailstack.deliver_lmtp(DESK, b"From: ana@customer.example\r\nSubject: old\r\n\r\nold\r\n")
    found = checked(site)
    assert found["problems"] == {part: [] for part in found["problems"]}
    assert {"files", "store", "logins", "mail"} <= found["problems"].keys()
    assert found["facts"]["logins"] == ["support: 1 mail in it; IDLE MOVE UIDPLUS keywords", "smtp: takes us"]
    assert found["facts"]["mail"][0] == f"support: came back to {DESK}, support+check@desk.example"
    assert "no results in mail from yourselves" in found["facts"]["mail"][1]
    assert [b"Subject: old" in mail for mail in mailstack.mailbox(DESK)] == [True]
    assert found["facts"]["store"] == ["made at the first start"]


def test_people_read_a_line_for_each_part(site):
    done = CliRunner().invoke(app, ["check", "--site", str(site.folder), "--no-mail"])
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert [line.split()[:2] for line in lines] == [
        [part, "ok"] for part in ("config", "passwords", "secret", "rules", "templates", "files", "store", "logins")
    ]
    assert "(support: 0 mails in it; IDLE MOVE UIDPLUS keywords; smtp: takes us)" in lines[-1]


def test_first_hour_3_a_folder_to_move_to_that_is_not_there_is_named(site):
    change(site, 'poll = "60s"', 'after = "move:Sentt"')
    found = checked(site, "--no-mail")
    (note,) = [note for note in found["warnings"] if ".after" in note]
    assert note.startswith(
        'inbox[support].after: there is no folder "Sentt" yet; it is made with the first mail; did you'
    )
    assert 'did you mean "Sent"?' in note
    change(site, "move:Sentt", "move:Sent")
    assert not [note for note in checked(site, "--no-mail")["warnings"] if ".after" in note]


@pytest.mark.parametrize("where", ["imap", "smtp"])
def test_first_hour_7_a_port_without_tls_from_the_first_byte(site, mailstack, where):
    if where == "imap":
        change(site, f"port = {mailstack.imaps}", f"port = {mailstack.imap}")
        port, usual = mailstack.imap, "143"
    else:
        change(site, 'security = "starttls"', 'security = "tls"')
        port, usual = mailstack.submission, "587"
    (problem,) = checked(site)["problems"]["logins"]
    assert f'port {port} does not begin with TLS, as security = "tls" says: set security = "starttls"' in problem
    assert f"(usually port {usual})" in problem
    assert problem.startswith("inbox support: " if where == "imap" else "smtp: ")


@pytest.mark.slow
def test_first_hour_7_a_port_with_tls_from_the_first_byte(site, mailstack):
    change(site, 'security = "tls"', 'security = "starttls"')
    change(site, f"port = {mailstack.submission}", f"port = {mailstack.smtps}")
    for problem in checked(site)["problems"]["logins"]:
        assert "it speaks TLS from the first byte, as" in problem
        assert problem.endswith('then set security = "tls"')


def test_first_hour_10_a_wrong_password_at_either_server_is_said_without_it(site, monkeypatch):
    monkeypatch.setenv("MAILBOT_TEST_PASSWORD", "wr0ng-hunter2")
    found = checked(site)
    inbox, smtp = found["problems"]["logins"]
    assert inbox.startswith("inbox support: IMAP localhost:")
    assert "login of support@desk.example refused" in inbox
    assert smtp.startswith("smtp: SMTP localhost:")
    assert "535" in smtp or "authentication failed" in smtp
    assert "wr0ng" not in json.dumps(found)
    assert "mail" not in found["problems"], "nobody sends without a login"


def test_first_hour_11_a_server_without_plus_addresses_is_named(site, mailstack):
    """Postfix answers 550 to `refused@`, as others do to `support+check@`."""
    text = (site.folder / "config.toml").read_text("utf-8")
    path = site.folder / "config.toml"
    path.write_text(text.replace('poll = "60s"', 'aliases = ["refused@desk.example", "info@desk.example"]'), "utf-8")
    found = checked(site, seconds=SHORT)
    refused, lost = found["problems"]["mail"]
    assert refused.startswith("inbox[support].aliases: refused@desk.example: the server refuses it: ")
    assert "let your server deliver it here, or take it out" in refused
    assert lost.startswith("inbox[support].aliases: info@desk.example: it did not come in time")


def test_a_running_desk_lays_its_own_mail_aside(site, mailstack):
    daemon = site.start()
    found = checked(site)
    assert found["ok"], found["problems"]
    assert found["facts"]["store"] == ["can be written"]
    wait_until(site.quiet, "the desk has looked at it")
    assert site.tickets() == []
    assert site.outbox() == []
    assert mailstack.mailbox(DESK) == []
    assert daemon.terminate()[0] == 0


def test_first_hour_14_old_mail_is_counted_before_it_is_left_alone(site, mailstack):
    for number in range(3):
        mailstack.deliver_lmtp(DESK, f"From: ana@customer.example\r\nSubject: {number}\r\n\r\nold\r\n".encode())
    assert "3 mails in it" in checked(site, "--no-mail")["facts"]["logins"][0]
    daemon = site.start()
    (line,) = daemon.wait_for("old mail left alone")
    assert (line["inbox"], line["mails"]) == ("support", 3)
    assert daemon.terminate()[0] == 0
    assert site.tickets() == []


def test_it_is_found_where_a_running_desk_moved_it(site, mailstack):
    change(site, 'poll = "60s"', 'after = "move:Sent"')
    daemon = site.start()
    found = checked(site)
    assert found["ok"], found["problems"]
    assert mailstack.mailbox(DESK, "Sent") == mailstack.mailbox(DESK) == []
    assert daemon.terminate()[0] == 0


# --- what a server writes into mail, by one that writes it ------------------------------------------------------------


class _WithoutPlus(EmbeddedServers):
    def account(self, address):
        return None if "+" in address else super().account(address)


@pytest.fixture
def at(tmp_path, monkeypatch):
    """A site at servers of ours, whose kind a test says."""
    monkeypatch.setenv("MAILBOT_TEST_PASSWORD", PASSWORD)
    with ExitStack() as opened:

        def make(kind=EmbeddedServers, *, desk="", **options):
            servers = opened.enter_context(kind({DESK: PASSWORD}, **options).run_in_thread())
            made = opened.enter_context(new_site(tmp_path / "desk", few_rules=True))
            made.configure(smtp=servers.smtp_port, imap=servers.imap_port, desk=desk, poll="1s")
            return made, servers

        yield make


@pytest.mark.parametrize("bounces", [False, True], ids=["refused at once", "sent back later"])
def test_first_hour_11_no_plus_addresses(at, bounces):
    site, servers = at(_WithoutPlus, generate_bounces=bounces)
    (problem,) = checked(site)["problems"]["mail"]
    assert problem.startswith("desk.subaddress: support+check@desk.example: ")
    assert ("it was sent back" if bounces else "the server refuses it: 5.1.1") in problem
    assert 'and mail to support@desk.example comes: set desk.subaddress = "none", or have your server' in problem
    change(site, "[store]", 'subaddress = "none"\n[store]')
    assert checked(site)["ok"]
    wait_until(lambda: visible(servers) == 0, "its own mail is gone")


def visible(servers):
    client = IMAPClient(servers.host, servers.imap_port, ssl=False, timeout=60)
    try:
        client.login(DESK, PASSWORD)
        client.select_folder("INBOX", readonly=True)
        return len(client.search("UNDELETED"))
    finally:
        client.logout()


def test_mail_that_never_comes_back_is_a_mistake(at, monkeypatch):
    site, servers = at()

    async def nowhere(*_):
        pass

    monkeypatch.setattr(servers, "_deliver", nowhere)
    (problem,) = checked(site, seconds=SHORT)["problems"]["mail"]
    assert problem == (
        "inbox[support]: a mail from support@desk.example to itself did not come back: nothing came within 3 s; look into its "
        "spam folder, and at where the server puts mail for this address"
    )


def test_what_the_server_says_of_our_own_mail(at):
    site, _ = at(desk='authserv_id = "mx.desk.example"')
    found = checked(site)
    assert found["facts"]["mail"][1:] == ["spf=pass dkim=pass dmarc=pass", "forged results are removed"]
    assert not [note for note in found["warnings"] if "authserv_id" in note]


@pytest.mark.parametrize("named", ["", 'authserv_id = "mx.other.example"'], ids=["none", "another"])
def test_the_name_under_which_it_says_so_is_found_out(at, named):
    site, _ = at(desk=named)
    (note,) = [note for note in checked(site)["warnings"] if "authserv_id: " in note and "forwarded notice" not in note]
    assert "set" in note
    assert 'authserv_id = "mx.desk.example"' in note
    assert ("is not set" in note) is not named


@pytest.mark.parametrize("named", ["", 'authserv_id = "mx.desk.example"'], ids=["not named", "named"])
def test_results_that_a_sender_forged_are_seen(at, monkeypatch, named):
    """They stay below the server's own, where nobody reads them; or at the top, where they would be believed."""
    site, _ = at(desk=named)
    monkeypatch.setattr(stamping, "without_forged", lambda raw, _: raw)
    assert "forged results stay, below the server's own, where they are not read" in checked(site)["facts"]["mail"]
    if named:
        monkeypatch.setattr(demo_servers, "stamp", lambda data, **_: data)
        (note,) = [note for note in checked(site)["warnings"] if "RFC 8601" in note]
        assert note.startswith("desk.authserv_id: results that a sender writes in the name of mx.desk.example come in")


def test_a_failure_that_the_server_found_is_told_with_what_to_do(at, monkeypatch):
    site, _ = at(desk='authserv_id = "mx.desk.example"')
    said = "spf=softfail smtp.mailfrom=desk.example; dkim=none; dmarc=fail (p=none) header.from=desk.example"
    monkeypatch.setattr(stamping, "verdict", lambda *_, **__: said)
    notes = [note for note in checked(site)["warnings"] if note.startswith("smtp: ")]
    assert [note.partition(": ")[2].partition(" of")[0] for note in notes] == [
        "mx.desk.example says spf=softfail",
        "mx.desk.example says dmarc=fail",
    ]
    assert "the SPF record of desk.example has to name the server that sends your mail" in notes[0]


def test_a_server_that_can_little_is_told_as_that(at):
    site, _ = at(idle=False)
    change(site, 'poll = "1s"', 'poll = "20s"\nafter = "move:Done"')
    notes = [note for note in checked(site, "--no-mail")["warnings"] if note.startswith("inbox")]
    assert any("has no IDLE, so new mail is seen every 20 s" in note for note in notes)
