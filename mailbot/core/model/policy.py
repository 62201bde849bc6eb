"""What the admin configured, as the core needs it: frozen, complete, and without files, servers or passwords."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from mailbot.core.model.absence import Absence
from mailbot.core.model.addresses import address_key
from mailbot.core.model.brand import Brand
from mailbot.core.model.form_source import FormSource
from mailbot.core.model.mail import Address
from mailbot.core.model.marketplace import Marketplace
from mailbot.core.model.oncall import OnCall
from mailbot.core.model.spam_marks import SpamMarks
from mailbot.core.model.ticket import Ticket

_FAMILIAR = "-du"  # how the sets of a language are named in which the reader is a friend


@dataclass(frozen=True, kw_only=True, slots=True)
class Hours:
    """Business hours: per weekday (0 Monday) the open spans in local time of `zone`, and the days that are closed.

    `always` is 24x7: spans and holidays do not count.
    """

    zone: ZoneInfo
    spans: Mapping[int, tuple[tuple[time, time], ...]] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()
    always: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A word at this interval, while no more than `until` has passed since the ticket opened (None: without end)."""

    every: timedelta
    until: timedelta | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Cadence:
    """The pace of one priority, in time of `hours`. `first` None: no time is stated unless they asked something.

    In business time a day is a business day: `timedelta(days=1)` means the same clock time on the next open day.
    `after_estimate` is the pace once an estimate was given. `first_look`: until a person has answered, the desk's own
    words come at the pace of `first`, which urgency does not shorten.
    """

    first: timedelta | None
    steps: tuple[Step, ...]
    hours: Hours
    after_estimate: timedelta | None = None
    only_if_unanswered: bool = False
    first_look: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Unsure:
    """The pace of a ticket whose kind no rule told.

    `alarm` holds while nobody has answered one that may be an outage or a danger, or that is loudly urgent; None: it
    is paced like any other.
    """

    calm: Cadence
    alarm: Cadence | None = None


class Hears(StrEnum):
    """Of which tickets that nobody has an agent is told: none, those of their groups, or all of them."""

    MINE = "mine"
    GROUPS = "groups"
    ALL = "all"


@dataclass(frozen=True, kw_only=True, slots=True)
class DigestTimes:
    """When an agent gets a digest instead of single notices: `every` so long since midnight, or `at` these clock times.

    `busy`: each at once on a quiet day, and on a busy one together every quarter of an hour. `single`: each at once.
    """

    every: timedelta | None = None
    at: tuple[time, ...] = ()
    busy: bool = False
    single: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Agent:
    """A person who answers. `id` is short ([a-z0-9], at most 12), since it travels in reply addresses.

    `goodwill` is how much they may give within 30 days without asking the lead, in hundredths of the currency.
    `phone` and `signature` are what is below their mails and not for customers: a number, and whole lines.
    `hours`: outside of these no notice of priorities 3 to 5 reaches them (None: the desk's, and only reminders keep to
    them); `digest`: of these priorities one mail at its times instead of many.
    """

    id: str
    name: str
    addresses: tuple[str, ...]
    groups: tuple[str, ...] = ("support",)
    lead: bool = False
    zone: ZoneInfo | None = None
    language: str = "en"
    epoch: int = 1
    goodwill: int = 0
    phone: str = ""
    signature: str = ""
    hears: Hears = Hears.GROUPS
    hours: Hours | None = None
    digest: DigestTimes | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Inbox:
    """One watched support address and how it writes. `aliases` are further addresses that are ours.

    `lists` are the List-Ids (folded, without brackets) of our own groups that pass customers' mail on to it.
    Of a mail above `max_size` bytes only the header is known; `folder` is where mails are once they are taken over.
    `address_form` is how it speaks to customers in languages that have two forms: "du", "sie", or "" for the plain set.
    """

    name: str
    address: str
    display_name: str
    group: str = "support"
    aliases: tuple[str, ...] = ()
    language: str = "en"
    address_form: str = ""
    answer_when_not_addressed: bool = False
    lists: frozenset[str] = frozenset()
    max_size: int = 35_000_000
    folder: str = "INBOX"


def in_form(language: str, form: str, languages: frozenset[str]) -> str:
    """The set of letters for a language in that form of address: `de-du` for "de" and "du", if it is among `languages`."""
    plain = language.removesuffix(_FAMILIAR)
    if form == "du" and plain + _FAMILIAR in languages:
        return plain + _FAMILIAR
    return plain if form == "sie" else language


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """How many automatic mails may go out (see the design, *May the desk answer by itself?*).

    `urgent_hour` is for the outages and matters of money of one confirmed address. `public_domains` are those of mail
    providers, lower case: the limit for a domain does not apply to them.
    """

    per_address_hour: int = 3
    per_address_day: int = 10
    per_domain_hour: int = 100
    urgent_hour: int = 10
    forms_hour: int = 60
    too_old: timedelta = timedelta(hours=24)
    max_received: int = 50
    breaker_floor: int = 500
    public_domains: frozenset[str] = frozenset()


class AgentProof(StrEnum):
    """What shows, besides the From and (in an answer) the signed address, that a mail is from the agent that it names.

    `results`: our server's Authentication-Results. `internal-hop`: they logged in at our own server to submit it.
    `address`: nothing more.
    """

    RESULTS = "results"
    INTERNAL_HOP = "internal-hop"
    ADDRESS = "address"


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """All of it. `cadences` has all of 1..5, `unsure` is for tickets whose kind no rule told (None: as 3). `admins`
    get notices of quarantine and trouble. `office`: agents, groups and addresses that are told of an office matter.

    `subaddress`: whether `support+x@…` reaches the inbox; without it signatures travel in Message-IDs only.
    `authserv_id`: the server whose Authentication-Results are believed, or None. `agents_proven_by`: None for what
    `agent_proof` makes of it; `own_hosts`: names (lower case) and IP addresses of our own servers. `spam`: which of our
    server's marks count. `verp`: whether the envelope sender may be a signed bounce address. `close_after`: how long
    after the nudge a ticket that waits for its customer is closed; `check_in_after`: when the desk checks in on a
    resolved ticket of priority 1 or 2 (None: never); both in business time. `currency`: of goodwill. `away`: the agents who are away at this moment (see `with_absences`). `oncall`: who is called at night. `brand`: how letters to customers look. `grain`: the unit
    in which times are stated; no time is stated, and no agent reminded, less than one ahead; under a minute only if a
    desk is being tried out quickly. `morning_page`, `evening_page`: whether each agent's day begins, and each lead's ends, with a mail.
    `forms`, `marketplaces`: the contact forms and the marketplaces that the config names, in its order.
    """

    desk_name: str
    zone: ZoneInfo
    language: str
    languages: frozenset[str]
    inboxes: Mapping[str, Inbox]
    agents: Mapping[str, Agent]
    cadences: Mapping[int, Cadence]
    unsure: Unsure | None = None
    office: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    limits: Limits = Limits()
    admins: tuple[str, ...] = ()
    subaddress: bool = True
    verp: bool = True
    authserv_id: str | None = None
    spam: SpamMarks = field(default_factory=SpamMarks)
    agents_proven_by: AgentProof | None = None
    own_hosts: frozenset[str] = frozenset()
    remind_before: timedelta = timedelta(minutes=10)
    cover_before: timedelta = timedelta(minutes=2)
    close_after: timedelta = timedelta(days=3)
    check_in_after: timedelta | None = timedelta(days=3)
    currency: str = "EUR"
    away: Mapping[str, Absence] = field(default_factory=dict)
    oncall: OnCall | None = None
    brand: Brand = field(default_factory=Brand)
    grain: timedelta = timedelta(minutes=1)
    morning_page: bool = False
    evening_page: bool = False
    forms: tuple[FormSource, ...] = ()
    marketplaces: tuple[Marketplace, ...] = ()

    @property
    def agent_proof(self) -> AgentProof:
        """What shows that a mail is an agent's: as configured, else the server's results if one is named."""
        if self.agents_proven_by is not None:
            return self.agents_proven_by
        return AgentProof.ADDRESS if self.authserv_id is None else AgentProof.RESULTS

    def marketplace_of(self, address: Address) -> Marketplace | None:
        """The marketplace that gave out an address, or writes from it; None for any other."""
        return next((market for market in self.marketplaces if market.has(address)), None)

    def brand_for(self, reader: Address) -> Brand:
        """How a letter to this reader looks: to a marketplace's buyer without a logo and a line if it forbids anything."""
        market = self.marketplace_of(reader)
        return self.brand if market is None or not market.forbids else replace(self.brand, line="", logo=None)

    @property
    def own_addresses(self) -> frozenset[str]:
        """Every address of ours, folded, without anything after a plus sign."""
        return frozenset(address_key(a) for i in self.inboxes.values() for a in (i.address, *i.aliases))

    @property
    def business(self) -> Hours:
        """The hours in which people work: those of the first priority that has any."""
        paces = [self.cadences[level].hours for level in sorted(self.cadences)]
        return next((hours for hours in paces if not hours.always), paces[0])

    def pace_of(self, ticket: Ticket) -> Cadence:
        """How soon and how often the customer of this ticket hears from us."""
        if ticket.sure or self.unsure is None:
            return self.cadences[ticket.priority]
        alarm = self.unsure.alarm if self.is_alarmed(ticket) else None
        return alarm or self.unsure.calm

    def is_alarmed(self, ticket: Ticket) -> bool:
        """Whether nobody has answered a ticket that may be an outage or a danger, so that a lead is called for it."""
        called = self.unsure is not None and self.unsure.alarm is not None
        return called and ticket.alarming and not ticket.answers

    def hours_of(self, agent: Agent) -> Hours:
        """When this agent works: in their own hours, else in the desk's on the clock of their zone."""
        if agent.hours is not None:
            return agent.hours
        return self.business if agent.zone is None else replace(self.business, zone=agent.zone)

    def with_absences(self, absences: Iterable[Absence], now: datetime) -> Policy:
        """The same with those of these absences that last, as things are at this moment."""
        away = {one.agent: one for one in absences if one.lasts(now) and one.agent in self.agents}
        return replace(self, away=away) if away or self.away else self

    def present(self, people: Sequence[Agent]) -> tuple[Agent, ...]:
        """Those of them who are not away; if nobody is left the leads who are there, else whoever is, else all of them."""
        here = tuple(agent for agent in people if agent.id not in self.away)
        there = () if here else tuple(agent for agent in self.agents.values() if agent.id not in self.away)
        return here or tuple(agent for agent in there if agent.lead) or there or tuple(people)

    def group(self, name: str) -> tuple[Agent, ...]:
        """Who hears of a ticket that this group has, in the order of the config; all agents if the group is empty.

        If each of its members hears of their own tickets alone, all of them hear of it: somebody must.
        """
        members = tuple(a for a in self.agents.values() if name in a.groups)
        if not members:
            return self.present(tuple(self.agents.values()))
        told = self.present(tuple(a for a in members if a.hears is not Hears.MINE) or members)
        return tuple(a for a in self.agents.values() if a in told or (a.hears is Hears.ALL and a.id not in self.away))

    def named(self, name: str) -> tuple[Agent, ...]:
        """The agents whom a rule or the config means: by an id, an address, or a group, which may have nobody in it."""
        if "@" in name:
            agent = self.agent_of(name)
            return () if agent is None else (agent,)
        if name in self.agents:
            return (self.agents[name],)
        return tuple(agent for agent in self.agents.values() if name in agent.groups)

    def given(self, name: str) -> tuple[Agent, ...]:
        """Who hears of a ticket that a rule gives to that agent or group; nobody if there is neither."""
        people = self.named(name)
        return people if not people or "@" in name or name in self.agents else self.group(name)

    def leads(self) -> tuple[Agent, ...]:
        """Who is told when a ticket goes badly: the leads who are there, else all leads, else all agents."""
        leads = tuple(agent for agent in self.agents.values() if self.is_lead(agent))
        return tuple(a for a in leads if a.id not in self.away) or leads

    def is_lead(self, agent: Agent) -> bool:
        """Whether an agent may decide what leads decide, there or away; all of them if the config names no lead."""
        return agent.lead or not any(one.lead for one in self.agents.values())

    def has_it(self, ticket: Ticket) -> Agent | None:
        """The agent who has the ticket and is there; None if nobody has, or they are away."""
        return self.agents.get(ticket.assignee or "") if ticket.assignee not in self.away else None

    def agent_of(self, address: str) -> Agent | None:
        """The agent whose address it is, or None."""
        wanted = address_key(address)
        return next((a for a in self.agents.values() if wanted in set(map(address_key, a.addresses))), None)

    def agent_named(self, text: str) -> Agent | None:
        """The agent whom a colleague means by a name, a first name, an id or an address; None if nobody has it."""
        wanted = text.strip().casefold()
        for agent in self.agents.values():
            names = {agent.id, agent.name.casefold(), agent.name.split()[0].casefold()}
            if wanted in names or address_key(text) in map(address_key, agent.addresses):
                return agent
        return None

    def is_outside(self, address: str) -> bool:
        """Whether an address is neither ours, with anything after a plus sign (RFC 5233), nor an agent's."""
        local, _, domain = address_key(address).rpartition("@")
        ours = f"{local.partition('+')[0]}@{domain}" in self.own_addresses or f"{local}@{domain}" in self.own_addresses
        return bool(local) and not ours and self.agent_of(address) is None
