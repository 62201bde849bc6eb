"""What `mailbot rules` does: checks and tests rules, explains a mail by them, and tries them on real mails."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from mailbot.adapters.language import detect_language
from mailbot.adapters.letters.reason_words import shown_reason
from mailbot.adapters.letters.templates import NAMES
from mailbot.adapters.mailfiles import mails_of
from mailbot.adapters.rulefiles.load import Problem, load_rules, run_rule_tests
from mailbot.adapters.rulefiles.load import check_rules as check_folder
from mailbot.adapters.rulefiles.tests import count_tests
from mailbot.adapters.site import data_dir, read_secret, rules_dir
from mailbot.adapters.store.sql_store import SqlStore, open_store
from mailbot.adapters.store.views.lists import TicketPage
from mailbot.adapters.store.views.rule_history import KeptMail
from mailbot.app.live import plain_policy
from mailbot.config import Config, load_config, policy_of
from mailbot.core.decide import take_in
from mailbot.core.intake.read import read
from mailbot.core.intake.tokens import Signer
from mailbot.core.model.facts import Facts
from mailbot.core.model.known import Known
from mailbot.core.model.mail import Kind, Unreadable
from mailbot.core.model.message import Message
from mailbot.core.model.policy import Policy
from mailbot.core.model.reason import Reason
from mailbot.core.rules.account import account, shortfalls, since_then
from mailbot.core.rules.backtest import Verdict, beside, since_decided
from mailbot.core.rules.model import RuleSet
from mailbot.core.rules.near_miss import near_misses
from mailbot.core.rules.past import Past
from mailbot.core.rules.setting import Setting
from mailbot.core.rules.triage import Triage
from mailbot.core.rules.weighing import facts_again, facts_of
from mailbot.errors import ConfigError

_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Workshop:
    """The rules somebody works on, and the desk they are for (None: a plain one, for trying what ships)."""

    folder: Path
    config: Config | None
    policy: Policy
    signer: Signer

    @classmethod
    def open(cls, site: Path | None, rules: Path | None) -> Workshop:
        """The rules of the site, or those in `rules`. Raises ConfigError for a config that is wrong."""
        config = load_config(site) if site is not None else None
        folder = rules or rules_dir(config.site if config else None)
        if not folder.is_dir():
            raise ConfigError([f"{folder}: there is no such folder of rules"])
        policy = policy_of(config, frozenset()) if config else plain_policy(frozenset({"en"}))
        return cls(folder=folder, config=config, policy=policy, signer=_signer(config))

    def read(self, folder: Path | None = None) -> tuple[RuleSet | None, list[Problem]]:
        """The rules, or every mistake in them."""
        forms = None if self.config is None else {form.name: frozenset(form.keep) for form in self.policy.forms}
        return load_rules(folder or self.folder, forms=forms, **self.names())

    def names(self) -> dict[str, frozenset[str] | None]:
        """What rules may name; of agents and inboxes nobody knows where there is no desk that has some."""
        letters = frozenset(NAMES)
        if self.config is None:
            return {"letters": letters}
        agents = frozenset(self.policy.agents) | {g for a in self.policy.agents.values() for g in a.groups}
        return {"letters": letters, "agents": agents, "inboxes": frozenset(self.policy.inboxes)}

    def rules(self, folder: Path | None = None) -> RuleSet:
        """The rules. Raises ConfigError with every mistake in them."""
        found, problems = self.read(folder)
        if found is None:
            raise ConfigError([f"{(folder or self.folder).name}/{problem}" for problem in problems])
        return found

    def setting(self, rules: RuleSet) -> Setting:
        """The desk as it would be with these rules."""
        return Setting(policy=self.policy, rules=rules, signer=self.signer, detect=detect_language)

    def store(self) -> SqlStore:
        """The desk's memory. Raises ConfigError if there is no desk."""
        if self.config is None:
            raise ConfigError(["--site: there is no desk here, so there are no stored mails; name its folder"])
        return open_store(self.config.database_url)


def _signer(config: Config | None) -> Signer:
    """The desk's own, so that its addresses are known again; a throw-away one where it has none yet."""
    try:
        return Signer(read_secret(config.desk.secret_file) if config else secrets.token_bytes(32))
    except ConfigError:
        return Signer(secrets.token_bytes(32))


def check_rules(site: Path | None, rules: Path | None) -> tuple[int, int, list[Problem]]:
    """How many rules and articles there are, and everything that is wrong with them, in the order of the files."""
    workshop = Workshop.open(site, rules)
    return check_folder(workshop.folder, **workshop.names())


def try_rules(site: Path | None, rules: Path | None) -> tuple[int, list[Problem]]:
    """How many tests there are, and those that fail. Raises ConfigError if the rules cannot be read."""
    found = Workshop.open(site, rules).rules()
    return count_tests(found), run_rule_tests(found)


# --- explain -----------------------------------------------------------------------------------------------------


def explain_rules(target: str, site: Path | None, rules: Path | None) -> dict[str, Any]:
    """Why a mail (a file) or a ticket (a number) weighs what it weighs: `lines` for people, the rest for programs."""
    workshop = Workshop.open(site, rules)
    found = workshop.rules()
    if not Path(target).is_file() and target.lstrip("#").isdigit():
        return _explain_ticket(int(target.lstrip("#")), workshop, found)
    path = Path(target)
    if not path.is_file():
        raise ConfigError([f"{target}: is neither a file nor the number of a ticket"])
    facts = _facts_of_file(path.read_bytes(), workshop.setting(found))
    if isinstance(facts, Reason):
        raise ConfigError([f"{target}: cannot be read as a mail: {shown_reason(facts)}"])
    result, lines = account(facts, found)
    return {"target": target, **_told(result, facts, found), "lines": lines}


def _explain_ticket(number: int, workshop: Workshop, rules: RuleSet) -> dict[str, Any]:
    store = workshop.store()
    try:
        page = store.lists.ticket(number)
        opening = _opening(page, number)
        if page is None or opening is None:
            raise ConfigError([f"there is no ticket {number}, or no mail of a customer opened it"])
        raw = store.raw(opening.inbound) if rules.headers and opening.inbound is not None else None
    finally:
        store.close()
    facts = facts_again(opening, page.ticket.inbox, workshop.policy, detect_language, _headers(raw))
    result, lines = account(facts, rules)
    overrides = [event for event in page.events if event.what.code == "event.priority.set"]
    lines += since_then(result, page.ticket, opening.weighed.why if opening.weighed else None, overrides)
    hand = [{"at": e.at.isoformat(), "by": e.by, "change": e.what} for e in overrides]
    now = {"priority_now": page.ticket.priority, "overrides": hand}
    return {"target": f"#{page.ticket.number}", **_told(result, facts, rules), **now, "lines": lines}


def _opening(page: TicketPage | None, number: int) -> Message | None:
    messages = page.messages if page is not None else ()
    weighed = [m for m in messages if m.weighed is not None]
    own = [m for m in weighed if m.ticket == number]
    return next(iter([*own, *weighed, *(m for m in messages if m.author.value == "customer")]), None)


def _told(result: Triage, facts: Facts, rules: RuleSet) -> dict[str, Any]:
    return {
        "subject": facts.subject,
        "priority": result.priority,
        "urgency": result.urgency,
        "sure": result.matched,
        "alarm": result.alarm,
        "category": result.category,
        "article": result.answer,
        "why": result.why,
        "threshold": rules.threshold,
        "sums": {str(level): points for level, points in result.sums},
        "instead": [{"priority": level, "short": points} for level, points in shortfalls(result, rules.threshold)],
        "hits": [
            {
                "rule": hit.rule,
                "file": hit.file,
                "line": hit.line,
                "score": {str(level): points for level, points in hit.score},
                "words": list(hit.words),
                "why": hit.why,
            }
            for hit in result.hits
        ],
        "near": [
            {"rule": m.rule.id, "file": m.rule.file, "line": m.rule.line, "because": m.because}
            for m in near_misses(facts, rules)
        ],
    }


def _facts_of_file(raw: bytes, setting: Setting) -> Facts | Reason:
    incoming = take_in(raw, setting, inbox=next(iter(setting.policy.inboxes)), received_at=datetime.now(UTC))
    if isinstance(incoming, Unreadable):
        return incoming.reason
    return facts_of(incoming, Known(), setting, incoming.mail.date or incoming.received_at)


def _headers(raw: bytes | None) -> tuple[tuple[str, str], ...] | None:
    """The headers alone are read again, since parsing whole mails would take far longer than weighing them."""
    if raw is None:
        return None
    found = read(_BLANK_LINE.split(raw, 1)[0] + b"\r\n\r\n")
    return None if isinstance(found, Unreadable) else found.headers


# --- backtest ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Backtest:
    """Verdicts as they are reached, out of `total` mails (None: unknown); `old` and `new` say what is compared."""

    total: int | None
    old: str
    new: str
    verdicts: Iterator[Verdict]


def backtest(site: Path | None, rules: Path | None, *, since: timedelta | None, against: Sequence[Path]) -> Backtest:
    """The stored mails, or those in `against`, under the edited rules compared with the live ones.

    The edited rules are those in `rules`, the live ones the site's. Without `rules`, the site's own are compared with
    what was decided when each mail came or, if mails are given, with the shipped rules.
    """
    workshop = Workshop.open(site, rules)
    edited = workshop.rules()
    live_folder = rules_dir(workshop.config.site if workshop.config else None) if rules else data_dir("rules")
    if against:
        live = workshop.rules(live_folder)
        given = _given(against, workshop.setting(edited))
        verdicts = (beside(name, facts, live, edited) for name, facts in given)
        return Backtest(total=None, old=str(live_folder), new=str(workshop.folder), verdicts=verdicts)
    beside_live = workshop.rules(live_folder) if rules else None
    store = workshop.store()
    start = datetime.now(UTC) - since if since is not None else LONG_AGO
    return Backtest(
        total=store.kept.count(start),
        old=str(live_folder) if beside_live else "as decided when it came",
        new=str(workshop.folder),
        verdicts=_stored(store, start, workshop, beside_live, edited),
    )


def _stored(
    store: SqlStore, start: datetime, workshop: Workshop, live: RuleSet | None, edited: RuleSet
) -> Iterator[Verdict]:
    headers = bool(edited.headers | (live.headers if live else frozenset()))
    try:
        for kept in store.kept.since(start, raw=headers):
            yield _verdict(kept, workshop, live, edited)
    finally:
        store.close()


def _verdict(kept: KeptMail, workshop: Workshop, live: RuleSet | None, edited: RuleSet) -> Verdict:
    name = f"#{kept.ticket}"
    facts = facts_again(kept.message, kept.inbox, workshop.policy, detect_language, _headers(kept.raw))
    if live is not None:
        return beside(name, facts, live, edited)
    assert kept.message.weighed is not None
    return since_decided(name, facts, kept.message.weighed, edited)


def _given(paths: Sequence[Path], setting: Setting) -> Iterator[tuple[str, Facts]]:
    """Mails of people, from files, folders and mboxes; who wrote before in them is known again, mails alike are counted."""
    past = Past(setting)
    inbox = next(iter(setting.policy.inboxes))
    for name, raw in mails_of(paths):
        incoming = take_in(raw, setting, inbox=inbox, received_at=datetime.now(UTC))
        if not isinstance(incoming, Unreadable) and incoming.screening.kind in (Kind.PERSON, Kind.LIST):
            yield name, past.facts(incoming)
