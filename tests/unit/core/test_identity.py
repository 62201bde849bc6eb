"""Who may act: reply address × From × the mail server's word, in every combination; only all-good acts."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from mailbot.core.decide import take_in
from mailbot.core.intake.identity import Standing
from mailbot.core.intake.tokens import Signer, Token, TokenKind
from mailbot.core.model.policy import AgentProof
from tests.simulation.simulated_desk import MARA, MONDAY, SIGNER, mail, shipped

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
_GOOD = f"{SERVER}; dmarc=pass header.from=lumen.example"
_FAIL = f"{SERVER}; dmarc=fail header.from=lumen.example"
_FOREIGN = "mx.evil.example; dmarc=pass header.from=lumen.example"
_SECOND = "\r\nAuthentication-Results: "
RESULTS = {
    "good": _GOOD,
    "missing": None,
    "nothing found": f"{SERVER}; none",
    "fail": _FAIL,
    "lifted": f"{SERVER}; dmarc=fail (p=none) header.from=lumen.example",
    "sealed": f"{SERVER}; arc=pass; dmarc=fail (p=reject) header.from=lumen.example",
    "of a wrong server": _FOREIGN,
    "of a server that is called alike": _GOOD.replace(SERVER, f"{SERVER}.evil.example"),
    "for another domain": f"{SERVER}; dmarc=pass header.from=evil.example",
    "not aligned": f"{SERVER}; spf=pass smtp.mailfrom=x@evil.example; dkim=pass header.d=evil.example",
    "in a quoted string": f'{SERVER}; spf=pass smtp.mailfrom="; dmarc=pass header.from=lumen.example"@evil.example',
    "good below a failure": f"{_FAIL}{_SECOND}{_GOOD}",
    "good below a foreign one": f"{_FOREIGN}{_SECOND}{_GOOD}",
    "good above a failure": f"{_GOOD}{_SECOND}{_FAIL}",
}
GOOD_RESULTS = frozenset({"good", "good below a foreign one", "good above a failure"})


def standing(token, sender, results, *, policy=None, **headers):
    setting = shipped().current()
    setting = replace(setting, policy=replace(setting.policy, **{"authserv_id": SERVER, **(policy or {})}))
    to = f"help+{token}@lumen.example" if token else "help@lumen.example"
    lines = {"Authentication-Results": results, **headers}
    raw = mail(sender, "All is well.", at=MONDAY, to=to, **{k: v for k, v in lines.items() if v})
    return take_in(raw, setting, inbox="support", received_at=MONDAY).who.standing


@pytest.mark.slow
@pytest.mark.parametrize(("token", "sender", "results"), list(product(TOKENS, FROMS, RESULTS)))
def test_hazard_21_only_all_good_acts(token, sender, results):
    is_agent = standing(TOKENS[token], FROMS[sender], RESULTS[results]) is Standing.AGENT
    assert is_agent == (token == "good" and sender in ("good", "in other letters") and results in GOOD_RESULTS)


@pytest.mark.parametrize(("sender", "token"), list(product(FROMS, TOKENS)))
def test_hazard_21_without_a_trusted_server_the_address_and_the_from_decide(token, sender):
    is_agent = standing(TOKENS[token], FROMS[sender], None, policy={"authserv_id": None}) is Standing.AGENT
    assert is_agent == (token == "good" and sender in ("good", "in other letters"))


@pytest.mark.parametrize(("sender", "token", "results"), list(product(FROMS, TOKENS, ("good", "missing", "fail"))))
def test_hazard_21_where_agents_are_known_by_their_address_no_server_is_asked(token, sender, results):
    policy = {"agents_proven_by": AgentProof.ADDRESS}
    is_agent = standing(TOKENS[token], FROMS[sender], RESULTS[results], policy=policy) is Standing.AGENT
    assert is_agent == (token == "good" and sender in ("good", "in other letters"))


_LOGIN = "from phone (unknown [198.51.100.7]) by mail.lumen.example (Postfix) with ESMTPSA id A1; Mon, 2 Mar 2026 09:00:00 +0100"
_OUTSIDE = "from mail.lumen.example (unknown [203.0.113.9]) by mail.lumen.example (Postfix) with ESMTPS id B2; Mon, 2 Mar 2026 09:00:00 +0100"
_INTO_THE_BOX = "from mail.lumen.example by imap.lumen.example with LMTP id C3; Mon, 2 Mar 2026 09:00:01 +0100"
_BELOW = "\r\nReceived: "
TRACES = {
    "logged in": _LOGIN,
    "logged in and laid down": f"{_INTO_THE_BOX}{_BELOW}{_LOGIN}",
    "missing": None,
    "from outside": _OUTSIDE,
    "a login below what came from outside": f"{_OUTSIDE}{_BELOW}{_LOGIN}",
    "a login at somebody else's": _LOGIN.replace("mail.lumen.example", "mail.evil.example"),
    "a login below somebody else's line": f"{_LOGIN.replace('mail.lumen.example', 'mail.evil.example')}{_BELOW}{_LOGIN}",
    "laid down from outside": f"{_INTO_THE_BOX}{_BELOW}{_OUTSIDE}{_BELOW}{_LOGIN}",
}
GOOD_TRACES = frozenset({"logged in", "logged in and laid down"})
HOP = {
    "authserv_id": None,
    "agents_proven_by": AgentProof.INTERNAL_HOP,
    "own_hosts": frozenset({"mail.lumen.example", "imap.lumen.example"}),
}


@pytest.mark.slow
@pytest.mark.parametrize(("token", "sender", "trace"), list(product(TOKENS, FROMS, TRACES)))
def test_hazard_21_where_agents_log_in_at_our_server_only_its_own_line_counts(token, sender, trace):
    found = standing(TOKENS[token], FROMS[sender], None, policy=HOP, Received=TRACES[trace])
    good = token == "good" and sender in ("good", "in other letters") and trace in GOOD_TRACES
    assert (found is Standing.AGENT) == good


@pytest.mark.parametrize(
    "said", ["Internal", "internal ", "Anonymous", "", None, "Internal\r\nX-MS-Exchange-Organization-AuthAs: Internal"]
)
@pytest.mark.parametrize("server", ["microsoft365", SERVER, None])
def test_hazard_21_who_logged_in_to_microsoft_365(server, said):
    policy = {"authserv_id": server, "agents_proven_by": AgentProof.INTERNAL_HOP}
    headers = {} if said is None else {"X-MS-Exchange-Organization-AuthAs": said}
    found = standing(TOKENS["good"], FROMS["good"], None, policy=policy, **headers)
    assert (found is Standing.AGENT) == (server == "microsoft365" and said in ("Internal", "internal "))


@pytest.mark.parametrize("headers", [{"Auto-Submitted": "auto-replied"}, {"Precedence": "list"}, {"List-Id": "<a.b>"}])
def test_a_machine_is_no_agent(headers):
    assert standing(TOKENS["good"], FROMS["good"], RESULTS["good"], **headers) is not Standing.AGENT


def test_without_an_agents_address_an_agent_is_a_customer():
    assert standing(None, f"Mara <{MARA.addresses[0]}>", RESULTS["good"]) is Standing.CUSTOMER
