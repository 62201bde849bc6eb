"""The daemon as a process that logs in by token at Dovecot and Postfix: a mail's whole way, and a token that is refused."""

from __future__ import annotations

import pytest

from tests.servers.token_endpoint import CLIENT, SECRET
from tests.wire.daemon import BEN, DESK, MIA, letter, new_site, parsed, text_of, wait_until

pytestmark = pytest.mark.slow

ANA = ("Ana Soto", "ana@customer.example")
PROBLEM = "Hello,\n\nthe CSV export is broken since today: the column with the tax is empty.\n\nAna Soto\n"
PASSWORD = 'password_env = "MAILBOT_TEST_PASSWORD"'


@pytest.fixture
def endpoint(mailstack):
    mailstack.tokens.reset()
    yield mailstack.tokens
    mailstack.tokens.reset()


@pytest.fixture
def site(mailstack, endpoint, tmp_path):
    for address in (DESK, BEN[1], MIA[1], ANA[1]):
        mailstack.empty(address)
    with new_site(tmp_path / "site", "") as made:
        made.configure(
            host="localhost",
            smtp=mailstack.submission,
            smtp_security="starttls",
            imap=mailstack.imaps,
            imap_security="tls",
            ca_file=mailstack.ca_file,
            poll="1s",
        )
        yield made


def by_token(site, endpoint, *, smtp):
    """The inbox logs in by token, and the submission server too if `smtp`."""
    file = site.folder / "config.toml"
    keys = {"client_id": CLIENT, "client_secret_env": "DESK_SECRET", "token_url": endpoint.url}
    before, after, rest = file.read_text().split(PASSWORD)
    token = "\n".join(f'{key} = "{value}"' for key, value in keys.items())
    file.write_text(f"{before}{token if smtp else PASSWORD}{after}{token}{rest}")


def test_a_mail_is_acknowledged_by_a_desk_that_has_no_password(site, endpoint, mailstack):
    by_token(site, endpoint, smtp=True)
    daemon = site.start(env={"DESK_SECRET": SECRET, "MAILBOT_TEST_PASSWORD": ""})
    mailstack.deliver_lmtp(DESK, letter(ANA, DESK, "CSV export is broken", PROBLEM), sender=ANA[1])
    (raw,) = mailstack.wait_for(ANA[1], 1)
    assert parsed(raw)["Auto-Submitted"] == "auto-replied"
    assert len(endpoint.asked) == 1  # one token for reading and for sending
    said = daemon.log_file.read_text()
    assert "token-" not in said
    assert SECRET not in said


def test_a_mailbox_that_the_app_may_not_open_is_told_once_and_opens_once_it_may(site, endpoint, mailstack):
    by_token(site, endpoint, smtp=False)
    endpoint.mailbox = "billing@desk.example"
    site.start(watching=False, env={"DESK_SECRET": SECRET})
    mailstack.deliver_lmtp(DESK, letter(ANA, DESK, "CSV export is broken", PROBLEM), sender=ANA[1])
    (told,) = mailstack.wait_for(MIA[1], 1)
    words = text_of(parsed(told))
    assert "can't open the inbox support" in words
    assert "look at what the app may do with this mailbox" in " ".join(words.split())
    endpoint.mailbox = DESK
    wait_until(lambda: len(mailstack.mailbox(MIA[1])) == 2, "told that it opens again")
    assert "opens again" in text_of(parsed(mailstack.mailbox(MIA[1])[1]))
    mailstack.deliver_lmtp(DESK, letter(ANA, DESK, "CSV export is broken", PROBLEM), sender=ANA[1])
    mailstack.wait_for(ANA[1], 1)
