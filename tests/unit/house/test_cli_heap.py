"""`mailbot ticket ham` and the spam heap on the command line."""

import json

import pytest

from mailbot.core.model.ticket import TicketState
from tests.simulation.simulated_desk import mail


@pytest.mark.slow
def test_the_heap_is_shown_and_a_ticket_brought_back(call, site, desk):
    raw = mail("Cy <cy@customer.example>", "The lamp does not come on.", at=desk.clock.now(), X_Spam_Flag="YES")
    (decision,) = desk.receive(raw)
    number = decision.tickets[0].number
    assert f"#{number} " not in call("ticket", "list", "--site", site)[1]
    assert "1 ticket is in the spam heap" in call("ticket", "list", "--site", site)[2]
    assert "in the spam heap" in call("promises", "stats", "--site", site)[2]
    assert json.loads(call("ticket", "list", "--spam", "--json", "--site", site)[1])["number"] == number
    (site / "storage").mkdir()
    (site / "storage" / "secret").write_text("ab" * 32, "utf-8")
    (site / "storage" / "secret").chmod(0o600)
    code, out, _ = call("ticket", "ham", number, "--site", site)
    assert (code, out.startswith(f"#{number} is not spam")) == (0, True)
    assert desk.ticket(number).state is TicketState.OPEN
    code, _, err = call("ticket", "ham", number, "--site", site)
    assert (code, "isn't in the spam heap" in err) == (1, True)
    assert call("ticket", "ham", 4711, "--site", site)[0] == 1


def test_why_the_desk_is_silent_is_said_in_words(call, site, desk):
    (decision,) = desk.receive(mail("scanner@office.example", "One page.", at=desk.clock.now()))
    _, out, _ = call("ticket", "show", decision.tickets[0].number, "--site", site)
    assert "silent    scanner@office.example is a machine's address" in out
    assert '"code"' not in out
