"""What the desk's own mail shows that came back to it: what its server writes into it, and what it leaves in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailbot.core.intake.authresults import results_by, said_by, server_of
from mailbot.core.model.mail import Mail

_METHODS = ("spf", "dkim", "dmarc")
_FINE = frozenset({"pass", "none", "bestguesspass", "neutral"})
_OFF = timedelta(minutes=2)  # clocks of two servers may differ by a little
_ADVICE = {
    "spf": "the SPF record of {domain} has to name the server that sends your mail",
    "dkim": "have the server sign with the key that stands in the DNS of {domain}",
    "dmarc": "neither SPF nor DKIM passes for {domain} itself, so other servers may refuse your letters or call them spam",
}


@dataclass(kw_only=True, slots=True)
class Shown:
    """What is unwise, what is simply so, and the name under which the server writes results (None: it wrote none)."""

    notes: list[str] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)
    server: str | None = None


def shown_by(mail: Mail, *, authserv_id: str | None, forged_as: str | None, mark: str, domain: str) -> Shown:
    """`forged_as`: in whose name it bore results with `mark` in them when it went out, None if it bore none."""
    shown = Shown()
    values = list(mail.authentication)
    ours = [mark in value.lower() for value in values]
    topmost_is_ours = bool(ours) and ours[0]
    shown.server = None if topmost_is_ours else server_of(mail)
    _results(mail, shown, authserv_id, mark, domain)
    if authserv_id is None and shown.server is not None:
        shown.notes.append(
            "desk.authserv_id: is not set, and our own mail came back with results of "
            f'{shown.server}: if that is your server, set under [desk]: authserv_id = "{shown.server}"'
        )
    if forged_as is not None and shown.server in (None, forged_as.strip().lower()):
        _forged(mail, shown, forged_as, mark, left=any(ours))
    if signed := mail.header_all("dkim-signature"):
        shown.facts.append(f"signed with DKIM ({len(signed)})")
    return shown


def _results(mail: Mail, shown: Shown, authserv_id: str | None, mark: str, domain: str) -> None:
    server = authserv_id or shown.server
    said = said_by(mail, server) if server is not None else None
    found = results_by(mail, server) if server is not None and said is not None and mark not in said else None
    if found is None:
        if authserv_id is not None and shown.server is not None:
            shown.notes.append(
                f"desk.authserv_id: our own mail came back with results of {shown.server}, and none of {authserv_id}; if "
                f'{shown.server} is your server, set authserv_id = "{shown.server}"'
            )
        else:
            shown.facts.append(
                "no results in mail from yourselves, so it does not show SPF, DKIM and DMARC (look at a mail that went elsewhere)"
            )
        return
    here = {method: found[method] for method in _METHODS if method in found}
    shown.facts.append(" ".join(f"{method}={result}" for method, result in here.items()) or "results without SPF, DKIM")
    for method, result in here.items():
        if result not in _FINE:
            advice = _ADVICE[method].format(domain=domain)
            shown.notes.append(f"smtp: {server} says {method}={result} of our own mail: {advice}")


def _forged(mail: Mail, shown: Shown, forged_as: str, mark: str, *, left: bool) -> None:
    said = said_by(mail, forged_as)
    if said is not None and mark in said:
        shown.notes.append(
            f"desk.authserv_id: results that a sender writes in the name of {forged_as} come in as they are, in mail that "
            "your server takes from you. It should remove them (RFC 8601 section 5): make sure that it does so at least in "
            "mail from outside, or anybody can pass for anybody"
        )
    elif left:
        shown.facts.append("forged results stay, below the server's own, where they are not read")
    else:
        shown.facts.append("forged results are removed")


def clock_off(arrived: datetime, sent: datetime, found: datetime) -> timedelta | None:
    """How far our clock is ahead of the server's (behind, if less than nothing); None if the two go together."""
    if arrived < sent - _OFF:
        return sent - arrived
    return found - arrived if arrived > found + _OFF else None
