"""Authentication-Results: only our own server is believed, in every form that servers write."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.decide import take_in
from mailbot.core.intake.authresults import MICROSOFT_365, fails_dmarc, passes, standing_of
from mailbot.core.intake.read import read
from mailbot.core.model.sender_proof import SenderProof
from tests.simulation.simulated_desk import MONDAY, mail, shipped

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


@pytest.mark.parametrize(
    ("result", "standing"),
    [
        ("dmarc=fail (p=reject dis=none) header.from=agents.example", SenderProof.FORGED),
        ("dmarc=fail (p=quarantine) header.from=agents.example", SenderProof.FORGED),
        ("dmarc=fail header.from=agents.example", SenderProof.FORGED),  # what is not said counts as a wish to reject
        ("dmarc=fail (a=b) header.from=agents.example", SenderProof.FORGED),
        ("dmarc=fail (p=nonesense) header.from=agents.example", SenderProof.FORGED),
        ('dmarc=fail (p=none "x") header.from=agents.example', SenderProof.FORGED),
        ("dmarc=fail (p=none (x)) header.from=agents.example", SenderProof.FORGED),
        ("dmarc=fail (p=none =?utf-8?q?x?=) header.from=agents.example", SenderProof.FORGED),
        ("dmarc=fail header.from=agents.example (p=none)", SenderProof.FORGED),  # not directly after the failure
        ("dmarc=fail (p=none sp=none dis=none) header.from=agents.example", SenderProof.LIFTED),
        ("dmarc=fail (P=NONE) header.from=agents.example", SenderProof.LIFTED),
        ("dmarc=fail policy.dmarc=none header.from=agents.example", SenderProof.LIFTED),
        ("dmarc=fail policy.dmarc=reject (p=none) header.from=agents.example", SenderProof.FORGED),
        ("dmarc=fail policy.published-domain-policy=none header.from=agents.example", SenderProof.LIFTED),
        ("dmarc=fail (p=none) header.from=agents.example; dkim=pass header.d=agents.example", SenderProof.LIFTED),
        ("arc=pass (i=1 dmarc=pass); dmarc=fail (p=reject) header.from=agents.example", SenderProof.LIFTED),
        ("arc=fail; dmarc=fail (p=reject) header.from=agents.example", SenderProof.FORGED),
        ("dmarc=fail (p=none); dmarc=fail (p=reject)", SenderProof.FORGED),
        ("dmarc=fail (p=none \\)) header.from=agents.example", SenderProof.FORGED),
        ("dmarc=fail (p=none sp=reject dis=reject) header.from=agents.example", SenderProof.FORGED),
        ("dmarc=fail (p=none sp=quarantine dis=none) header.from=agents.example", SenderProof.LIFTED),
        ('dmarc=fail reason="SPF not aligned (relaxed)" header.from=agents.example (policy=none)', SenderProof.LIFTED),
        ('dmarc=fail reason="No valid SPF" header.from=agents.example (policy=reject)', SenderProof.FORGED),
        ('dmarc=fail reason="No valid SPF" header.from=agents.example (policy=none x)', SenderProof.FORGED),
        ('dmarc=fail reason="x (policy=none)" header.from=agents.example', SenderProof.FORGED),
        ("dmarc=fail (p=reject) header.from=agents.example (policy=none)", SenderProof.FORGED),
        ("dmarc=fail header.from=agents.example smtp.from=evil.example (policy=none)", SenderProof.FORGED),
        (
            "dmarc=fail header.from=agents.example; spf=pass header.from=agents.example (policy=none)",
            SenderProof.FORGED,
        ),
    ],
)
def test_what_the_owner_of_the_domain_wants_of_a_failure(result, standing):
    mail = mail_with(f"{OURS}; {result}")
    assert standing_of(mail, OURS, "agents.example") is standing
    assert fails_dmarc(mail, OURS) is (standing is SenderProof.FORGED)


def test_microsofts_action_is_the_wish_of_the_owner():
    failed = MICROSOFT.replace("dmarc=pass action=none", "dmarc=fail action=none")
    assert standing_of(mail_with(failed), MICROSOFT_365, "agents.example") is SenderProof.LIFTED


def test_no_word_of_our_server_is_no_failure():
    assert not fails_dmarc(mail_with(f"{OURS}; dmarc=pass"), OURS)
    assert not fails_dmarc(mail_with("mx.other.example; dmarc=fail"), OURS)
    assert not fails_dmarc(mail_with(), OURS)


@pytest.mark.parametrize(
    "result",
    ["dmarc=none; spf=fail smtp.mailfrom=agents.example", "dmarc=permerror", "dmarc=temperror", "dmarc=none", "none"],
)
def test_hazard_32_what_is_neither_passed_nor_failed_is_not_proven(result):
    assert standing_of(mail_with(f"{OURS}; {result}"), OURS, "agents.example") is SenderProof.UNPROVEN


# Local parts of an envelope sender, as somebody may choose them who wants to be read as agents.example.
LOCAL_PARTS = [
    "x",
    '"x@agents.example"',
    '"a b"',
    '"; dkim=pass header.d=agents.example; x="',
    '"; dmarc=pass header.from=agents.example"',
    '") ; dmarc=pass header.from=agents.example ("',
    '"x\\") ; dkim=pass header.d=agents.example (\\""',
    '"("',
    '")"',
    '"(("',
    "=?utf-8?q?=29?=",
    "=?utf-8?q?=22=3B_dmarc=3Dpass?=",
    "=?utf-8?b?KTsgZG1hcmM9cGFzcyBoZWFkZXIuZnJvbT1hZ2VudHMuZXhhbXBsZSAo?=",
    '"\\"',
    "'",
    '"header.d=agents.example"',
]
TEMPLATES = [
    "spf=pass (sender is permitted) smtp.mailfrom={sender}; dmarc=fail (p=reject) header.from=agents.example",
    "spf=pass (domain of {sender} permits it) smtp.mailfrom={sender}; dmarc=fail (p=reject) header.from=agents.example",
    "dmarc=fail (p=reject) header.from=agents.example; spf=pass (domain of {sender}) smtp.mailfrom={sender}",
    "spf=pass smtp.mailfrom={sender} (he said {sender}); dkim=none; dmarc=fail (p=reject) header.from=agents.example",
    "dmarc=fail (p=reject) header.from=agents.example; dkim=pass header.i={sender} header.d=evil.example",
]


@pytest.mark.parametrize("local", LOCAL_PARTS)
@pytest.mark.parametrize("template", TEMPLATES)
def test_hazard_31_no_result_is_read_out_of_what_a_sender_chose_and_none_is_hidden_by_it(template, local):
    mail = mail_with(f"{OURS}; {template.format(sender=local + '@evil.example')}")
    assert standing_of(mail, OURS, "agents.example") is SenderProof.FORGED


@pytest.mark.parametrize("local", LOCAL_PARTS)
@pytest.mark.parametrize(
    "template", [t.replace("dmarc=fail (p=reject) header.from=agents.example", "dmarc=none") for t in TEMPLATES]
)
def test_hazard_31_where_there_is_no_policy_nothing_passes_for_another_domain(template, local):
    mail = mail_with(f"{OURS}; {template.format(sender=local + '@evil.example')}")
    assert standing_of(mail, OURS, "agents.example") is not SenderProof.PROVEN


@given(st.text(alphabet='"()\\;=@ ax.?', max_size=40), st.sampled_from(TEMPLATES))
def test_hazard_31_whatever_the_local_part(text, template):
    quoted = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    mail = mail_with(f"{OURS}; {template.format(sender=quoted + '@evil.example')}")
    assert standing_of(mail, OURS, "agents.example") is SenderProof.FORGED


@pytest.mark.parametrize(
    "value",
    [
        f"{OURS}; dkim=pass (2048-bit key; unprotected) header.d=agents.example header.i=@agents.example header.b=Ab/+c==",
        f"{OURS}; dmarc=pass(p=REJECT) header.from=agents.example;",
        f"{OURS} 1; auth=pass (PLAIN) smtp.auth=kim; spf=pass smtp.mailfrom = kim@agents.example",
        f'{OURS}; x-tls.subject="/C=US (x)"; dkim/1=pass header.d = agents.example',
        (
            f'{OURS}; dkim=pass header.d=agents.example header.s=a; spf=pass ({OURS}: domain of "bounces+a=b@list.example" '
            'designates 192.0.2.1 as permitted sender) smtp.mailfrom="bounces+a=b@list.example"; '
            'dmarc=pass (policy=reject) header.from=agents.example; arc=reject ("signature check failed: fail")'
        ),
        f'{OURS}; dkim=fail ("body hash did not verify") header.d=list.example; dmarc=pass header.from=agents.example',
        (
            f"{OURS};\r\n dkim=pass header.i=@agents.example header.s=x header.b=AbC;\r\n       spf=pass (x.example: domain of "
            "kim@agents.example designates 192.0.2.1 as permitted sender) smtp.mailfrom=kim@agents.example;\r\n"
            "       dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=agents.example"
        ),
        (
            f"{OURS};\r\n\tarc=none (no signatures found); bimi=skipped (DMARC Policy is not at enforcement); dkim=pass (2048-bit "
            "rsa key sha256) header.d=agents.example header.a=rsa-sha256; dmarc=pass policy.published-domain-policy=none "
            "policy.applied-disposition=none (p=none,d=none,d.eval=none) policy.policy-from=p header.from=agents.example; "
            "iprev=pass smtp.remote-ip=192.0.2.1 (mail.agents.example)"
        ),
        f"{OURS}; bimi=none; dmarc=pass policy.published-domain-policy=none (p=none,d=none) header.from=agents.example",
    ],
)
def test_what_real_servers_write_passes(value):
    assert passes(mail_with(value), OURS, "agents.example")


def test_results_are_read_before_encoded_words_are_decoded():
    encoded = "=?utf-8?q?" + OURS + "=3B_dmarc=3Dpass_header=2Efrom=3Dagents=2Eexample?="
    assert not passes(mail_with(encoded), OURS, "agents.example")


# --- a header made of parts, dressed in whatever the grammar allows ------------------------------------------------

BLANKS = st.sampled_from(["", " ", "\t", "  ", "\r\n ", "\r\n\t  "])
INNER = st.text(alphabet="ab=.@- ", max_size=8)
COMMENTS = (
    st.just("")
    | INNER.map(lambda text: f" ({text}) ")
    | INNER.map(lambda text: f" ({text} (dkim=pass header.d=agents.example) x) ")
    | INNER.map(lambda text: f' (of "{text}"@list.example) ')
    | st.just(" (a \\) b) ")
)
RESULTS = st.sampled_from(["pass", "fail", "none", "neutral", "softfail", "temperror", "permerror"])
DOMAINS = st.sampled_from(["agents.example", "evil.example", "sub.agents.example", "example"])
PARTS = st.tuples(st.sampled_from(["dmarc", "dkim", "spf", "arc", "iprev"]), RESULTS, DOMAINS)
NAMES = {
    "dmarc": "header.from",
    "dkim": "header.d",
    "spf": "smtp.mailfrom",
    "arc": "header.oldest",
    "iprev": "policy.x",
}


def expected(parts):
    """What these results say of agents.example, by the table of the design."""
    failed = any(method == "dmarc" and result == "fail" for method, result, _ in parts)
    if failed:
        lifted = any(method == "arc" and result == "pass" for method, result, _ in parts)
        return SenderProof.LIFTED if lifted else SenderProof.FORGED
    good = any(m in ("dmarc", "dkim", "spf") and r == "pass" and d == "agents.example" for m, r, d in parts)
    return SenderProof.PROVEN if good else SenderProof.UNPROVEN


@given(st.data(), st.lists(PARTS, max_size=5))
def test_hazard_31_the_same_results_are_read_in_every_dress_that_the_grammar_allows(data, parts):
    def blank():
        return data.draw(BLANKS)

    said = []
    for method, result, domain in parts:
        sign = data.draw(st.sampled_from(["=", " = ", "= ", " ="]))
        value = data.draw(st.sampled_from([domain, f'"{domain}"', domain.upper()]))
        comment = data.draw(COMMENTS)
        said.append(
            f"{blank()}{method}{sign}{result}{comment or ' '}{blank()} {NAMES[method]}{sign}{value}{data.draw(COMMENTS)}"
        )
    value = ";".join([f"{blank()}{OURS}{data.draw(st.sampled_from(['', ' 1', ' (ours) ']))}", *said])
    assert standing_of(mail_with(value), OURS, "agents.example") is expected(parts)


@given(st.text(alphabet='"()\\;= \tdmarcpsk.fail@=?/1', max_size=200))
def test_hazard_31_no_text_at_all_raises_or_hides_the_failure_before_it(text):
    standing = standing_of(
        mail_with(f"{OURS}; dmarc=fail (p=reject) header.from=agents.example; {text}"), OURS, "agents.example"
    )
    assert standing in (SenderProof.FORGED, SenderProof.LIFTED)
    assert standing is SenderProof.FORGED or "arc" in text


@pytest.mark.parametrize("unit", ["(", '"', "()", '""', "\\", ";", "a=b ", "(a)", "=", " "])
def test_hazard_30_the_time_for_one_header_is_bounded(unit):
    mail = mail_with(f"{OURS}; " + unit * (60_000 // len(unit)) + "; dmarc=pass header.from=agents.example")
    assert not passes(mail, OURS, "agents.example")  # a header of that length holds no result


@pytest.mark.parametrize(
    ("results", "standing"),
    [
        ("dmarc=pass header.from=shop.example", SenderProof.PROVEN),
        ("dmarc=fail (p=none) header.from=shop.example", SenderProof.LIFTED),
        ("dmarc=fail (p=reject) header.from=shop.example", SenderProof.FORGED),
        ("dmarc=temperror header.from=shop.example", SenderProof.UNPROVEN),
    ],
)
def test_what_is_kept_of_a_mail_is_what_our_server_said_of_it(results, standing):
    raw = mail("ann@shop.example", "It stops.", at=MONDAY, **{"Authentication-Results": f"{OURS}; {results}"})
    setting = shipped().current()
    named = replace(setting, policy=replace(setting.policy, authserv_id=OURS))
    assert take_in(raw, named, inbox="support", received_at=MONDAY).standing is standing
    assert take_in(raw, setting, inbox="support", received_at=MONDAY).standing is None
