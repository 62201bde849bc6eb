"""How well the desk keeps its word, counted."""

from __future__ import annotations

from datetime import timedelta

from mailbot.core.model.message import Author
from mailbot.core.model.promise import PromiseState
from tests.contract.made import DAY, HOUR, MINUTE, NOW, decision, message, promise, ticket


def ended(id_, state, number, by=None):
    return promise(id_, ticket=number, state=state, ended_at=NOW + HOUR, wake_at=None, kept_by=by)


def test_promises_are_counted_by_how_they_ended(store):
    words = message("w1", ticket=1, author=Author.AGENT, agent="mara", internal=False)
    store.commit(
        decision(
            tickets=(
                ticket(1, priority=1, assignee="joost", first_word_at=NOW + 10 * MINUTE),
                ticket(2, priority=3, first_word_at=NOW + 30 * MINUTE),
                ticket(3, priority=3, assignee="joost", opened_at=NOW - 90 * DAY, first_word_at=NOW),
            ),
            messages=(words,),
            promises=(
                ended("p1", PromiseState.KEPT, 1, "w1"),
                ended("p2", PromiseState.COVERED, 2),
                ended("p3", PromiseState.LATE, 3),
                ended("p4", PromiseState.REPLACED, 3),
                promise("p5", ticket=1, due=NOW + 2 * HOUR),
                promise("p6", ticket=2, due=NOW + 3 * DAY),
            ),
        ),
        NOW,
    )
    reports = store.lists.reports
    told = {(t.what, t.which): (t.kept, t.covered, t.late) for t in reports.tallies(NOW - 30 * DAY)}
    assert told == {
        ("all", ""): (1, 1, 1),
        ("priority", "1"): (1, 0, 0),
        ("priority", "3"): (0, 1, 1),
        ("agent", "mara"): (1, 0, 0),
        ("agent", "joost"): (0, 0, 1),
        ("agent", "nobody"): (0, 1, 0),
    }
    overall = reports.tallies(NOW - 30 * DAY)[0]
    assert (overall.first_median, overall.first_p95) == (600.0, 1800.0), "the ticket of last quarter is not counted"
    assert [p.id for p in reports.due(10, NOW + DAY)] == ["p5"]
    assert {p.id for p in reports.broken(NOW, 10)} == {"p2", "p3"}
    assert reports.broken(NOW + timedelta(days=1), 10) == []
    assert reports.tallies(NOW + 60 * DAY) == []
