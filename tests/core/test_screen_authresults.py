"""Authentication-Results: only our own server is believed, in every form that servers write."""

import pytest

from mailbot.core.authresults import MICROSOFT_365, fails_dmarc, passes
from mailbot.core.read import read

OURS = "mx.desk.example"


def mail_with(*values):
    lines = [f"Authentication-Results: {value}" for value in values]
    return read("\r\n".join([*lines, "From: kim@agents.example", "", "hi"]).encode())


@pytest.mark.parametrize(
    "value",
    [
        f"{OURS}; dmarc=pass header.from=agents.example",
        f"{OURS} 1; dmarc=pass (p=reject dis=none) header.from=agents.example",
        f"{OURS};\r\n dkim=pass header.d=agents.example header.s=x;\r\n spf=fail smtp.mailfrom=other.example",
        f"{OURS}; dkim=fail header.d=agents.example; dkim=pass header.i=@agents.example",
        f"{OURS}; spf=pass (sender is permitted) smtp.mailfrom=kim@agents.example",
        f"{OURS}; DKIM=Pass header.d=AGENTS.example",
        f'"{OURS}"; dmarc=pass header.from="agents.example"',
    ],
)
def test_passes(value):
    assert passes(mail_with(value), OURS, "agents.example")


@pytest.mark.parametrize(
    "value",
    [
        "",
        OURS,
        f"{OURS}; none",
        "mx.other.example; dmarc=pass header.from=agents.example",
        f"{OURS}.other.example; dmarc=pass header.from=agents.example",
        f"{OURS}; dmarc=fail header.from=agents.example; dkim=pass header.d=agents.example",
        f"{OURS}; dmarc=pass header.from=other.example",
        f"{OURS}; dkim=pass header.d=other.example",
        f"{OURS}; dkim=pass header.d=sub.agents.example",
        f"{OURS}; dkim=pass header.d=example",
        f"{OURS}; dkim=pass header.d=ents.example",
        f"{OURS}; dkim=none (dkim=pass header.d=agents.example)",
        f"{OURS}; spf=pass smtp.helo=agents.example",
        f"{OURS}; spf=softfail smtp.mailfrom=agents.example",
        "dmarc=pass header.from=agents.example",
    ],
)
def test_does_not_pass(value):
    assert not passes(mail_with(value), OURS, "agents.example")


def test_a_parent_domain_vouches_for_its_child():
    assert passes(mail_with(f"{OURS}; dkim=pass header.d=agents.example"), OURS, "eu.agents.example")


def test_only_the_topmost_header_of_our_server_counts():
    good, bad = f"{OURS}; dkim=pass header.d=agents.example", f"{OURS}; dkim=fail header.d=agents.example"
    assert passes(mail_with("mx.other.example; dkim=fail", good, bad), OURS, "agents.example")
    assert not passes(mail_with(bad, good), OURS, "agents.example")


MICROSOFT = (
    "spf=pass (sender IP is 192.0.2.7)\r\n smtp.mailfrom=agents.example; dkim=pass (signature was verified)\r\n"
    " header.d=agents.example;dmarc=pass action=none\r\n header.from=agents.example;compauth=pass reason=100"
)


def test_the_form_of_microsoft_365():
    assert passes(mail_with(MICROSOFT), MICROSOFT_365, "agents.example")
    assert not passes(mail_with(MICROSOFT), MICROSOFT_365, "other.example")
    assert not passes(mail_with("mx.other.example; none", MICROSOFT), MICROSOFT_365, "agents.example")
    assert not passes(mail_with(MICROSOFT), OURS, "agents.example")
    failed = MICROSOFT.replace("dmarc=pass action=none", "dmarc=fail action=oreject")
    assert fails_dmarc(mail_with(failed), MICROSOFT_365)
    assert not passes(mail_with(failed), MICROSOFT_365, "agents.example")


def test_fails_dmarc():
    assert fails_dmarc(mail_with(f"{OURS}; dmarc=fail (p=none)"), OURS)
    assert not fails_dmarc(mail_with(f"{OURS}; dmarc=pass"), OURS)
    assert not fails_dmarc(mail_with("mx.other.example; dmarc=fail"), OURS)
    assert not fails_dmarc(mail_with(), OURS)
