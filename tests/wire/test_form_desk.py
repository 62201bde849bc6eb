"""The daemon between a real Dovecot and Postfix: a form that the config names, trusted where the server proves its sender."""

from __future__ import annotations

import pytest

from tests.wire.daemon import BEN, DESK, MIA, letter, new_site, parsed, text_of, wait_until

pytestmark = pytest.mark.slow

ANA = ("Ana Soto", "ana@customer.example")
FORM = ("Website", "billing@desk.example")
BODY = "Name: Ana Soto\nE-Mail: ana@customer.example\nOrder number: A-4711\n\nMessage:\nThe CSV export is broken.\nWhat can I do?\n"
SECTION = """
[[form]]
name = "website"
from = "billing@desk.example"
customer = "line:E-Mail"
customer_name = "Name"
message = "Message"
keep = { order = "Order number" }
[[form.test]]
mail = "E-Mail: ana@customer.example"
customer = "ana@customer.example"
"""


@pytest.fixture
def site(mailstack, tmp_path):
    for address in (DESK, BEN[1], MIA[1], ANA[1], FORM[1]):
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
        file = made.folder / "config.toml"
        text = file.read_text().replace("[desk]\n", '[desk]\nauthserv_id = "mx.desk.example"\n', 1)
        file.write_text(text + SECTION)
        yield made


@pytest.mark.parametrize("result", ["pass", "none"])
def test_a_form_is_answered_at_the_address_in_its_text_and_never_at_its_own(site, mailstack, result):
    site.start()
    proof = f"Authentication-Results: mx.desk.example; dmarc={result} header.from=desk.example\r\n".encode()
    mailstack.deliver_lmtp(DESK, proof + letter(FORM, DESK, "Message from the site", BODY), sender=FORM[1])
    (raw,) = mailstack.wait_for(ANA[1], 1)
    ack = parsed(raw)
    assert ack["To"] == ("Ana Soto <ana@customer.example>" if result == "pass" else "Ana <ana@customer.example>")
    assert ("The CSV export is broken" in text_of(ack)) is (result == "pass")
    wait_until(lambda: mailstack.mailbox(BEN[1]), "the notice")
    notice = text_of(parsed(mailstack.mailbox(BEN[1])[0]))
    assert "- Order number: A-4711" in notice
    assert ("our mail server doesn't confirm that" in " ".join(notice.split())) is (result == "none")
    assert mailstack.mailbox(FORM[1]) == []
