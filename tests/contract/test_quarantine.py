"""Quarantined mails: listed, shown, and put back to be decided once more."""

from __future__ import annotations

from sqlalchemy import select

from mailbot.adapters.store.rows import event_from
from mailbot.adapters.store.schema import event
from mailbot.core.model.decision import Decision
from mailbot.core.model.known import Keys
from mailbot.core.model.reason import why
from tests.contract.made import HOUR, NOW, decision, message, raw_mail

NESTED = why("unreadable.depth", most=30)


def put_aside(store, uid, reason=NESTED):
    store.put([raw_mail(uid, raw=b"Subject: deep\r\n\r\n" + b"x" * uid)], NOW)
    [claim] = store.claim("w", NOW, HOUR, 1)
    store.commit(Decision(outcome="quarantined", reason=reason), NOW, claim)
    return claim.inbound


def test_what_is_put_aside_is_listed_and_shown_whole(store):
    first, second = put_aside(store, 1), put_aside(store, 2, why("quarantine.failed", count=3))
    store.put([raw_mail(3)], NOW)
    assert [(q.id, q.reason) for q in store.quarantine.list()] == [
        (second, str(why("quarantine.failed", count=3))),
        (first, str(why("unreadable.depth", most=30))),
    ]
    assert [q.id for q in store.quarantine.list(1)] == [second]
    about, raw = store.quarantine.mail(first)
    assert (about.mailbox, about.uid, about.attempts, about.ended_at) == ("support", 1, 1, NOW)
    assert raw == b"Subject: deep\r\n\r\nx"
    assert store.quarantine.mail(third := second + 1) is None, "that one waits to be decided"
    assert store.quarantine.mail(10**9) is None
    assert not store.quarantine.retry(third, NOW), "nor can it be put back"


def test_a_mail_that_is_put_back_is_decided_once(store):
    number = put_aside(store, 1)
    assert store.quarantine.retry(number, NOW)
    assert not store.quarantine.retry(number, NOW)
    assert store.quarantine.list() == []
    [claim] = store.claim("w", NOW, HOUR, 5)
    assert (claim.inbound, claim.attempts) == (number, 1), "with all its tries before it"
    store.commit(decision(outcome="logged", messages=(message("m1", content_key="deep"),)), NOW, claim)
    assert store.claim("w", NOW + 2 * HOUR, HOUR, 5) == []
    assert store.lookup(Keys(content_key="deep", sender=None), NOW).seen
    with store._database.read() as connection:
        diary = [event_from(row).what for row in connection.execute(select(event)).mappings()]
    assert why("event.retried.mail", mailbox="support", number=number) in diary


def test_a_mail_that_fails_again_is_put_aside_again(store):
    number = put_aside(store, 1)
    store.quarantine.retry(number, NOW)
    [claim] = store.claim("w", NOW, HOUR, 5)
    store.commit(Decision(outcome="quarantined", reason=why("quarantine.failed", count=3)), NOW, claim)
    assert [(q.id, q.reason) for q in store.quarantine.list()] == [(number, str(why("quarantine.failed", count=3)))]
