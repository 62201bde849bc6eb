"""The trace that our own servers wrote: who logged in there, whatever somebody who connects calls themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.intake.read import read
from mailbot.core.intake.trace import handed_in_here, hop_of

OWN = frozenset({"mail.desk.example", "imap.desk.example", "localhost", "192.0.2.10"})
DATE = "Mon, 2 Mar 2026 09:00:00 +0100"
LOGIN = (
    f"from phone ([198.51.100.7]) by mail.desk.example (Postfix) with ESMTPSA id 4XyZ for <help@desk.example>; {DATE}"
)
OUTSIDE = f"from mail.evil.example ([203.0.113.9]) by mail.desk.example (Postfix) with ESMTPS id 4XyZ; {DATE}"
INTO_THE_BOX = f"from mail.desk.example ([203.0.113.1]) by imap.desk.example with LMTP id aB3 (envelope-from <x@y.example>); {DATE}"


def handed_in(*trace):
    head = "".join(f"Received: {line}\r\n" for line in trace)
    return handed_in_here(read(f"{head}From: kim@desk.example\r\n\r\nhi".encode()), OWN)


@pytest.mark.parametrize(
    "trace",
    [
        (LOGIN,),
        (LOGIN.replace("ESMTPSA", "ESMTPA"),),
        (LOGIN.replace("ESMTPSA", "esmtpsa  (TLS1.3) tls TLS_AES_256_GCM_SHA384 (Exim 4.96)"),),
        (LOGIN.replace("ESMTPSA", "UTF8SMTPSA"),),
        (LOGIN.replace("(Postfix)", "(Postfix)\r\n\t(Authenticated sender: kim)"),),
        (LOGIN.replace("by mail.desk.example", "by MAIL.desk.example."),),
        (INTO_THE_BOX, LOGIN),
        (INTO_THE_BOX, INTO_THE_BOX, LOGIN, OUTSIDE),
        # A filter on the same machine, and another machine of the house that hands on.
        (
            f"from localhost (localhost [127.0.0.1]) by mail.desk.example (Postfix) with ESMTP id A; {DATE}",
            f"from mail.desk.example ([127.0.0.1]) by localhost (mail.desk.example [127.0.0.1]) (filter, port 10024) with ESMTP id B; {DATE}",
            LOGIN,
        ),
        (f"from out.desk.example (out.desk.example [192.0.2.10]) by mail.desk.example with ESMTPS id A; {DATE}", LOGIN),
        (f"from localhost (localhost [IPv6:::1]) by mail.desk.example with ESMTP id A; {DATE}", LOGIN),
    ],
)
def test_who_logged_in_at_one_of_our_servers_is_one_of_us(trace):
    assert handed_in(*trace)


@pytest.mark.parametrize(
    "trace",
    [
        (),
        (OUTSIDE,),
        (OUTSIDE, LOGIN),
        (INTO_THE_BOX,),
        (INTO_THE_BOX, OUTSIDE, LOGIN),
        (LOGIN.replace("mail.desk.example", "mail.evil.example"),),
        (LOGIN.replace("mail.desk.example", "mail.desk.example.evil.example"),),
        (LOGIN.replace("ESMTPSA", "ESMTPS (ESMTPSA)"),),
        (LOGIN.replace("with ESMTPSA ", ""),),
        (LOGIN.partition(";")[0],),
        (f"from mail.desk.example by mail.desk.example with ESMTPS id A; {DATE}", LOGIN),  # it does not say from where
        (f"from mail.desk.example ([10.0.0.8]) by mail.desk.example with ESMTPS id A; {DATE}", LOGIN),  # named nowhere
        (f"by mail.desk.example (Postfix, from userid 33) id A; {DATE}", LOGIN),
        (f"from pop.host.example by mail.desk.example with POP3 id A; {DATE}", LOGIN),
        (f"from [203.0.113.9] (helo=[127.0.0.1]) by mail.desk.example with esmtp (Exim 4.96) id A; {DATE}", LOGIN),
        ("x" * 3000 + LOGIN,),
    ],
)
def test_who_did_not_is_not(trace):
    assert not handed_in(*trace)


# What somebody from outside may call themselves (HELO), and what their mail goes to.
NAMES = [
    "mail.desk.example",
    "localhost",
    "[127.0.0.1]",
    "mail.desk.example ([127.0.0.1])",
    f"x by mail.desk.example with ESMTPSA id 1; {DATE} (",
    "x by mail.desk.example with ESMTPSA id 1 (",
    "x by mail.desk.example with ESMTPSA (a",
    "x by mail.desk.example with ESMTPSA id",
    "x) by mail.desk.example with ESMTPSA (",
    'x by mail.desk.example with ESMTPSA id 1 for "',
    "x by mail.desk.example with ESMTPSA \\(",
    "=?utf-8?q?x_by_mail=2Edesk=2Eexample_with_ESMTPSA_=28?=",
]
HELO_FIRST = "from {name} (unknown [203.0.113.9]) by mail.desk.example (Postfix) with ESMTP id 4XyZ for <{to}>; " + DATE
HELO_LAST = "from [203.0.113.9] (helo={name}) by mail.desk.example with esmtp (Exim 4.96) id 1; " + DATE
NO_COMMENT = "from {name} ([203.0.113.9]) by mail.desk.example with ESMTPS id 1; " + DATE
RECIPIENTS = ["help@desk.example", '"help+ x"@desk.example', '"help+\\"x"@desk.example', '"help+)"@desk.example']


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("line", [HELO_FIRST, HELO_LAST, NO_COMMENT])
@pytest.mark.parametrize("to", RECIPIENTS)
def test_hazard_21_whatever_somebody_from_outside_calls_themselves_they_did_not_log_in(name, line, to):
    assert not handed_in(line.format(name=name, to=to), LOGIN)


@given(
    st.lists(
        st.sampled_from(
            ["x", "by", "with", "from", "ESMTPSA", "LMTP", "mail.desk.example", "(", ")", ";", "[127.0.0.1]", DATE]
        ),
        max_size=9,
    ).map(" ".join)
    | st.text(alphabet='()[];\\ abxy.127"', max_size=40),
    st.sampled_from([HELO_FIRST, HELO_LAST, NO_COMMENT]),
    st.sampled_from(RECIPIENTS),
)
def test_hazard_21_and_no_words_of_theirs_change_that(name, line, to):
    assert not handed_in(line.format(name=name, to=to), LOGIN)


@pytest.mark.parametrize("unit", ["(", ")", "()", "from by with ", "[127.0.0.1] ", ";", " ", "a"])
def test_hazard_30_a_line_of_any_length_is_read_within_its_bound(unit):
    assert hop_of(f"from {unit * 100_000} by mail.desk.example with ESMTPSA; {DATE}") is None
