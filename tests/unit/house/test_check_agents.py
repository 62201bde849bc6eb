"""`mailbot check` says whose recent mail would be held, and what could be done about it."""

import shutil
from datetime import UTC, datetime

import pytest

from mailbot.adapters.store.sql_store import open_store
from mailbot.app.agent_check import check_senders
from mailbot.config import load_config
from mailbot.ports import RawMail
from tests.simulation.simulated_desk import empty_database

NOW = datetime(2026, 3, 6, 13, 0, tzinfo=UTC)
SERVER = "mx.harbour.example"
LOGIN = "from phone ([198.51.100.7]) by mail.harbour.example with ESMTPSA id A1; Fri, 6 Mar 2026 12:59:00 +0000"
BOX = "from mail.harbour.example by box.harbour.example with LMTP id B2; Fri, 6 Mar 2026 13:00:00 +0000"
OUTSIDE = "from mail.harbour.example ([203.0.113.9]) by mail.harbour.example with ESMTPS id C3; Fri, 6 Mar 2026 13:00:00 +0000"
CONFIG = """
[desk]
name = "Harbour Boats"
{more}
[smtp]
host = "smtp.harbour.example"
[[inbox]]
name = "support"
address = "support@harbour.example"
host = "imap.harbour.example"
password_env = "HARBOUR_PASSWORD"
[[agent]]
id = "mia"
name = "Mia Holm"
addresses = ["mia@harbour.example", "mia@phone.example"]
[[agent]]
id = "leo"
name = "Leo"
addresses = ["leo@harbour.example"]
"""


@pytest.fixture
def found(tmp_path):
    """What is said of mails that came in one after the other, each given by its header lines."""

    def look(more, *mails):
        (tmp_path / "config.toml").write_text(CONFIG.format(more=more), encoding="utf-8")
        (tmp_path / "storage").mkdir(exist_ok=True)
        config = load_config(tmp_path)
        shutil.copy(empty_database(), tmp_path / "storage" / "desk.db")
        store = open_store(config.database_url)
        store.baseline("support", 1, 1, NOW)
        for uid, lines in enumerate(mails, 1):
            raw = ("\r\n".join(lines) + "\r\n\r\nHello\r\n").encode()
            store.put([RawMail(mailbox="support", uidvalidity=1, uid=uid, raw=raw, size=len(raw))], NOW)
        store.close()
        return check_senders(config)

    return look


def by(sender, *lines):
    return [*lines, f"From: {sender}", "Subject: Re: boats"]


def results(said):
    return f"Authentication-Results: {said}"


MIA = "Mia Holm <mia@harbour.example>"
RESULTS = f'authserv_id = "{SERVER}"'
HOP = 'agents_proven_by = "internal-hop"\nown_hosts = ["mail.harbour.example", "box.harbour.example"]'


def test_whose_mail_is_known_is_not_spoken_of(found):
    good = by(MIA, results(f"{SERVER}; dmarc=pass header.from=harbour.example"))
    assert found(RESULTS, good, by("ann@customer.example")) == []


def test_where_there_is_no_database_yet_nothing_is_said(tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG.format(more=RESULTS), encoding="utf-8")
    assert check_senders(load_config(tmp_path)) == []


def test_where_the_address_is_enough_nobody_is_held(found):
    assert found("", by(MIA)) == []


def test_it_says_how_many_and_of_the_newest_why(found):
    good = by(MIA, results(f"{SERVER}; dmarc=pass header.from=harbour.example"))
    bad = by("mia@phone.example", results(f"{SERVER}; dmarc=fail (p=none) header.from=phone.example"))
    [line] = found(RESULTS, bad, bad, good)
    assert line.startswith(
        "agent[mia]: 2 of the last 3 mails in Mia Holm's name would be held; the newest of them, of 2026-03-06 13:00 from "
        f"mia@phone.example, since {SERVER} did not confirm it: “{SERVER}; dmarc=fail (p=none)"
    )


def test_each_agent_has_a_line(found):
    mia, leo = found(RESULTS, by(MIA), by("leo@harbour.example", results("mx.other.example; dmarc=pass")))
    assert mia == (
        "agent[mia]: the last mail in Mia Holm's name would be held; the one of 2026-03-06 13:00 from mia@harbour.example, "
        f"since it has no Authentication-Results of {SERVER}"
    )
    assert leo.startswith("agent[leo]: the last mail in Leo's name would be held")
    assert leo.endswith(f"no Authentication-Results of {SERVER}, only: “mx.other.example; dmarc=pass”")


def test_who_logs_in_at_a_server_that_writes_no_results_is_told_of_the_other_way(found):
    [line] = found(RESULTS, by(MIA, f"Received: {BOX}", f"Received: {LOGIN}"))
    assert line.endswith(
        'If these are yours, agents_proven_by = "internal-hop" with own_hosts = ["box.harbour.example", '
        '"mail.harbour.example"] would know it'
    )


def test_no_advice_follows_what_came_from_outside(found):
    [line] = found(RESULTS, by(MIA, f"Received: {OUTSIDE}", f"Received: {LOGIN}"))
    assert "internal-hop" not in line


def test_microsoft_365_is_advised_where_it_says_that_they_logged_in(found):
    [line] = found(RESULTS, by(MIA, "X-MS-Exchange-Organization-AuthAs: Internal"))
    assert 'authserv_id = "microsoft365" and agents_proven_by = "internal-hop"' in line


@pytest.mark.parametrize(
    ("trace", "words"),
    [
        ([OUTSIDE], "mail.harbour.example took it by ESMTPS, without a login, from a host that"),
        (
            [LOGIN.replace("mail.harbour", "out.harbour")],
            "a Received line is by out.harbour.example, which desk.own_hosts",
        ),
        ([], "no Received line says that somebody logged in"),
        (['from "x" by mail.harbour.example with ESMTPSA; Fri'], "cannot be read in one way only"),
    ],
)
def test_by_which_line_of_the_trace_it_was_not_known(found, trace, words):
    [line] = found(HOP, by(MIA, *(f"Received: {each}" for each in trace)))
    assert words in line


GOOGLE = results("mx.host.example; dmarc=pass header.from=customer.example")


def customers(*lines, many=1):
    return [by(f"c{n}@customer{n}.example", *lines) for n in range(many)]


def test_the_line_to_paste_is_that_of_the_server_on_top_of_most_mails(found):
    [line] = found("", *customers(GOOGLE, many=4), by("eve@evil.example", results("mx.evil.example; dmarc=pass")))
    assert line == (
        "desk.authserv_id: 4 of the last 5 mails bear results of mx.host.example; if that is your own server, set under "
        '[desk]: authserv_id = "mx.host.example"'
    )


def test_results_without_a_name_are_microsofts(found):
    [line] = found("", *customers(results("spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=x.example; dmarc=pass")))
    assert line.endswith('authserv_id = "microsoft365"')


@pytest.mark.parametrize("one", [results("(a"), results(";"), results(""), "X-Other: 1"])
def test_where_no_server_is_named_nothing_is_advised(found, one):
    assert found("", *customers(one)) == []


def test_where_every_mail_names_another_nobody_knows(found):
    assert found("", *(by("a@x.example", results(f"mx{n}.example; dmarc=pass")) for n in range(4))) == []


def test_a_name_that_no_mail_bears_is_spoken_of(found):
    [line] = found(RESULTS, *customers(GOOGLE, many=2))
    assert line.startswith(
        f"desk.authserv_id: none bears results of {SERVER}; 2 of the last 2 mails bear results of mx.host"
    )


def test_a_name_that_is_borne_is_not(found):
    assert found(RESULTS, *customers(results(f"{SERVER}; none")), *customers(GOOGLE, many=3)) == []
