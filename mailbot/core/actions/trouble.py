"""What the admins are told: unusable changes to the rules or letters, and a server that takes none of our mail."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from mailbot.core.letters.build import iso, to_admins
from mailbot.core.model.alert import Alert
from mailbot.core.model.decision import Decision
from mailbot.core.model.desk_notices import TroubleNotice
from mailbot.core.model.event import Event
from mailbot.core.model.outgoing import Outgoing
from mailbot.core.model.reason import Reason, why
from mailbot.core.oauth.expiry import Ending
from mailbot.core.rules.setting import Setting

_SHOWN = 40  # problems in one mail


def not_reloaded(files: Sequence[str], problems: Sequence[str], setting: Setting, *, now: datetime) -> Decision:
    """One notice to every admin about a change that is not in force.

    However many processes of the desk see the same mistakes on one day, the key lets only one notice through.
    """
    reason = why("trouble.one-mistake") if len(problems) == 1 else why("trouble.mistakes", count=len(problems))
    listed = "\n".join(f"- {' '.join(problem.split())}" for problem in problems[:_SHOWN])
    more = len(problems) - _SHOWN
    advice = why("trouble.mend-more", problems=listed, more=more) if more > 0 else why("trouble.mend", problems=listed)
    mark = hashlib.sha256("\n".join(problems).encode("utf-8", "surrogatepass")).hexdigest()[:16]
    trouble = TroubleNotice(reason=reason, where=", ".join(files), advice=advice)
    inbox = next(iter(setting.policy.inboxes))
    notices = to_admins(setting, inbox, trouble, key=f"not-reloaded:{now:%Y-%m-%d}:{mark}", now=now)
    what = why("event.not-reloaded.because", files=list(files), because=reason)
    event = Event(ticket=None, at=now, what=what)
    return Decision(outcome="not reloaded", reason=reason, events=(event,), outgoing=notices)


def cannot_call(alert: Alert, said: str, setting: Setting, *, now: datetime) -> Decision:
    """An agent cannot be called on the second road: one notice a day to every admin."""
    agent = setting.policy.agents[alert.agent]
    reason = why("trouble.cannot-call", name=agent.name, said=said)
    trouble = TroubleNotice(reason=reason, where="[oncall]", advice=why("trouble.mend-call"))
    inbox = next(iter(setting.policy.inboxes))
    notices = to_admins(setting, inbox, trouble, key=f"cannot-call:{now:%Y-%m-%d}", now=now)
    event = Event(ticket=alert.ticket, at=now, what=why("event.not-called.because", name=agent.name, said=said))
    return Decision(outcome="not called", reason=reason, events=(event,), outgoing=notices)


def inbox_shut(
    inbox: str, because: Reason | str, *, refused: bool, since: datetime, setting: Setting, now: datetime
) -> Decision:
    """New mail of an inbox does not come in: one notice to every admin for all of the time that it lasts.

    The key is the hour in which it is told, not the one since when: one that comes back soon and lasts is told as well.
    """
    if refused:
        said, advice = why("trouble.inbox-refused", inbox=inbox, because=because), why("trouble.inbox-refused-advice")
    else:
        said = why("trouble.inbox-down", inbox=inbox, because=because, since=since)
        advice = why("trouble.inbox-down-advice")
    return _of_the_inbox(inbox, said, advice, f"inbox-shut:{inbox}:{now:%Y-%m-%dT%H}", setting, now)


def inbox_opens_again(inbox: str, *, since: datetime, setting: Setting, now: datetime) -> Decision:
    """New mail comes in again."""
    said = why("trouble.inbox-again", inbox=inbox, since=since)
    key = f"inbox-again:{inbox}:{iso(since)}"
    return _of_the_inbox(inbox, said, why("trouble.inbox-again-advice"), key, setting, now)


def _of_the_inbox(inbox: str, said: Reason, advice: Reason, key: str, setting: Setting, now: datetime) -> Decision:
    where = f"[[inbox]] {inbox}"
    notices = to_admins(setting, inbox, TroubleNotice(reason=said, where=where, advice=advice), key=key, now=now)
    event = Event(ticket=None, at=now, what=why("event.inbox.trouble", because=said))
    return Decision(outcome="inbox", reason=said, events=(event,), outgoing=notices)


def ends_soon(ending: Ending, step: int, setting: Setting, *, now: datetime) -> Decision:
    """A secret or a certificate comes to its end: one notice to every admin for each step, whoever sees it first."""
    day = f"{ending.at.astimezone(setting.policy.zone):%Y-%m-%d}"
    if ending.what == "secret":
        said, advice = why("trouble.secret-ends", day=day), why("trouble.secret-ends-advice")
    else:
        said, advice = why("trouble.certificate-ends", day=day), why("trouble.certificate-ends-advice")
    trouble = TroubleNotice(reason=said, where=ending.where, advice=advice)
    key = f"ends:{ending.what}:{ending.where}:{ending.at:%Y-%m-%d}:{step}"
    notices = to_admins(setting, next(iter(setting.policy.inboxes)), trouble, key=key, now=now)
    return Decision(outcome="ends soon", reason=said, outgoing=notices)


def server_refuses(
    outgoing: Outgoing, reply: str, *, since: datetime, login: bool, setting: Setting, now: datetime
) -> Decision:
    """The submission server refuses us, not a customer: one notice to every admin for everything that belongs together.

    `outgoing` is the mail that met it.
    """
    said = why("server.login", reply=reply) if login else why("server.refuses", reply=reply)
    where = f"[smtp], {_named(outgoing)}"
    return _of_the_server(said, why("server.refuses-advice"), f"submission:{iso(since)}", where, outgoing, setting, now)


def server_takes_again(outgoing: Outgoing, reply: str, *, since: datetime, setting: Setting, now: datetime) -> Decision:
    """The server takes mail again."""
    local = since.astimezone(setting.policy.zone)
    said = why("server.again", since=f"{local:%Y-%m-%d %H:%M}", reply=reply)
    key = f"submission-again:{iso(since)}"
    return _of_the_server(said, why("server.again-advice"), key, "[smtp]", outgoing, setting, now)


def _of_the_server(
    said: Reason, advice: Reason, key: str, where: str, outgoing: Outgoing, setting: Setting, now: datetime
) -> Decision:
    trouble = TroubleNotice(reason=said, where=where, advice=advice)
    notices = to_admins(setting, outgoing.inbox, trouble, key=key, now=now)
    event = Event(ticket=None, at=now, what=why("event.submission.server", where=where, because=said))
    return Decision(outcome="submission", reason=said, events=(event,), outgoing=notices)


def _named(outgoing: Outgoing) -> str:
    of = f" of #{outgoing.ticket}" if outgoing.ticket is not None else ""
    return f"{outgoing.name}{of} to {outgoing.to.address}"
