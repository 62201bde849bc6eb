"""`mailbot ticket list` by what is asked for, and `ticket show` with all that was said."""

import json

import pytest

from tests.simulation.simulated_desk import mail

pytestmark = pytest.mark.slow


@pytest.fixture
def numbers(desk):
    """An outage, which nobody has, and a question."""
    found = []
    for who, words in (("Cy", "Nothing works, the whole shop is down!"), ("Di", "How do I change my <b>address</b>?")):
        raw = mail(f"{who} <{who.lower()}@customer.example>", words, at=desk.clock.now())
        (decision,) = desk.receive(raw)
        found.append(decision.tickets[0].number)
    return found


def listed(call, site, *options):
    out = call("ticket", "list", "--json", *options, "--site", site)[1]
    return [json.loads(line)["number"] for line in out.splitlines()]


def test_the_list_takes_conditions(call, site, desk, numbers):
    outage, question = numbers
    assert listed(call, site, "--priority", "1") == [outage]
    assert listed(call, site, "--priority", "p1,4") == [outage, question]
    assert listed(call, site, "--agent", "nobody") == [outage, 1, 2, question]
    assert listed(call, site, "--agent", "nobody", "--state", "resolved") == []
    assert listed(call, site, "--state", "open,waiting", "--since", "36500d", "--priority", "4") == [question]


def test_conditions_that_cannot_be_are_refused_all_at_once(call, site):
    wrong = ["--state", "shut", "--agent", "zoe", "--priority", "9", "--due", "soon", "--since", "ever"]
    code, _, err = call("ticket", "list", *wrong, "--site", site)
    assert code == 2
    lines = err.splitlines()
    assert [line.split(":")[1].strip() for line in lines] == ["--state", "--priority", "--agent", "--due", "--since"]
    assert "open, waiting, resolved, spam" in lines[0]


def test_everything_that_was_said_is_printed(call, site, desk, numbers):
    code, out, _ = call("ticket", "show", numbers[0], "--full", "--site", site)
    assert code == 0
    assert "from cy@customer.example" in out
    assert "Nothing works, the whole shop is down!" in out
    assert "ack, automatic to cy@customer.example" in out
    assert ", inside, new, automatic to " in out


def test_the_page_is_one_file_that_harms_nobody(call, site, desk, numbers, tmp_path):
    file = tmp_path / "ticket.html"
    code, out, _ = call("ticket", "show", numbers[1], "--html", file, "--site", site)
    page = file.read_text("utf-8")
    assert (code, out) == (0, f"{file}\n")
    assert "&lt;b&gt;address&lt;/b&gt;" in page
    assert "default-src &#x27;none&#x27;" in page or "default-src 'none'" in page
    assert "href" not in page, "no file lies beside it"
    assert page.count('class="customer"') == 1
    assert "the desk" in page
    code, _, err = call("ticket", "show", numbers[1], "--html", tmp_path / "no" / "such.html", "--site", site)
    assert (code, "cannot be written" in err) == (2, True)
