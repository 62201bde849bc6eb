"""Who may act: reply address × From × the mail server's word, in every combination; only all-good acts."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from mailbot.core.decide import hear
from mailbot.core.identity import Standing
from mailbot.core.tokens import Signer, Token, TokenKind
from tests.core.simulated_desk import MARA, MONDAY, SIGNER, mail, shipped

SERVER = "mx.lumen.example"
GOOD = Token(kind=TokenKind.AGENT, ticket=1, agent="mara", epoch=1, answers=0)
FORGER = Signer(b"another secret, thirty-two bytes")
TOKENS = {
    "good": SIGNER.sign(GOOD),
    "missing": None,
    "forged": FORGER.sign(GOOD),
    "changed": SIGNER.sign(GOOD).replace("mara", "joost"),
    "another agent's": SIGNER.sign(replace(GOOD, agent="joost")),
    "of an epoch gone by": SIGNER.sign(replace(GOOD, epoch=0)),
    "a customer's": SIGNER.sign(Token(kind=TokenKind.CUSTOMER, ticket=1)),
}
FROMS = {
    "good": "Mara Lind <mara@lumen.example>",
    "in other letters": "MARA@lumen.example",
    "elsewhere": "Mara Lind <mara@home.example>",
    "in the name only": '"mara@lumen.example" <eve@evil.example>',
    "two": "mara@lumen.example, eve@evil.example",
    "two the other way": "eve@evil.example, mara@lumen.example",
    "nobody": "undisclosed",
}
RESULTS = {
    "good": f"{SERVER}; dmarc=pass header.from=lumen.example",
    "missing": None,
    "fail": f"{SERVER}; dmarc=fail header.from=lumen.example",
    "of a wrong server": "mx.evil.example; dmarc=pass header.from=lumen.example",
    "for another domain": f"{SERVER}; dmarc=pass header.from=evil.example",
}


def standing(token, sender, results, *, trusted=SERVER, **headers):
    setting = shipped().current()
    setting = replace(setting, policy=replace(setting.policy, authserv_id=trusted))
    to = f"help+{token}@lumen.example" if token else "help@lumen.example"
    lines = {"Authentication-Results": results, **headers}
    raw = mail(sender, "All is well.", at=MONDAY, to=to, **{k: v for k, v in lines.items() if v})
    return hear(raw, setting, inbox="support", received_at=MONDAY).who.standing


@pytest.mark.parametrize(("token", "sender", "results"), list(product(TOKENS, FROMS, RESULTS)))
def test_only_all_good_acts(token, sender, results):
    is_agent = standing(TOKENS[token], FROMS[sender], RESULTS[results]) is Standing.AGENT
    assert is_agent == (token == "good" and sender in ("good", "in other letters") and results == "good")


@pytest.mark.parametrize(("sender", "token"), list(product(FROMS, TOKENS)))
def test_without_a_trusted_server_the_address_and_the_from_decide(token, sender):
    is_agent = standing(TOKENS[token], FROMS[sender], None, trusted=None) is Standing.AGENT
    assert is_agent == (token == "good" and sender in ("good", "in other letters"))


def test_a_second_header_of_the_trusted_name_below_counts_for_nothing():
    raw_results = f"{RESULTS['fail']}\r\nAuthentication-Results: {RESULTS['good']}"
    assert standing(TOKENS["good"], FROMS["good"], raw_results) is Standing.UNPROVEN


@pytest.mark.parametrize("headers", [{"Auto-Submitted": "auto-replied"}, {"Precedence": "list"}, {"List-Id": "<a.b>"}])
def test_a_machine_is_no_agent(headers):
    assert standing(TOKENS["good"], FROMS["good"], RESULTS["good"], **headers) is not Standing.AGENT


def test_without_an_agents_address_an_agent_is_a_customer():
    assert standing(None, f"Mara <{MARA.addresses[0]}>", RESULTS["good"]) is Standing.CUSTOMER
