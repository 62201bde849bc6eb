"""Turns a config into the policy that the core reads: no files, no servers, no passwords."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from mailbot.config.hours import Holidays
from mailbot.config.models import AgentConfig, Config, InboxConfig, Priorities, PriorityConfig
from mailbot.config.oncall import OnCallConfig
from mailbot.config.providers import public_domains
from mailbot.config.values import meant
from mailbot.core.model.oncall import OnCall
from mailbot.core.model.policy import Agent, Cadence, Hears, Hours, Inbox, Limits, Policy, Unsure, in_form
from mailbot.errors import ConfigError


def policy_of(config: Config, languages: frozenset[str], *, today: date | None = None) -> Policy:
    """The policy; `languages` are those in which the whole set of letters exists (empty: not checked).

    Public holidays are worked out from the year before `today` (the real one if None) to three years after it.
    Raises ConfigError if the config asks for a language without letters.
    """
    if closed := [f"agent[{a.id}].hours: has no open day" for a in config.agents if _never_there(a, config)]:
        raise ConfigError(closed)
    if languages and (problems := _language_problems(config, languages) + _form_problems(config, languages)):
        raise ConfigError(problems)
    desk, limits = config.desk, config.limits
    known = languages or frozenset({desk.language})
    year = (today or datetime.now(UTC).date()).year
    business = Hours(
        zone=config.hours.timezone or desk.timezone,
        spans=config.hours.spans,
        holidays=_closed_days(config.hours.holidays, year),
    )
    plus = desk.subaddress == "plus"
    return Policy(
        desk_name=desk.name,
        brand=desk.brand.brand,
        zone=desk.timezone,
        language=in_form(desk.language, desk.address_form or "", known),
        languages=known,
        inboxes={
            inbox.name: Inbox(
                name=inbox.name,
                address=inbox.address,
                display_name=inbox.display_name or desk.name,
                group=inbox.group,
                aliases=inbox.aliases,
                language=in_form(inbox.language or desk.language, _form(config, inbox), known),
                address_form=_form(config, inbox),
                answer_when_not_addressed=inbox.answer_when_not_addressed,
                lists=frozenset(inbox.lists),
                max_size=inbox.max_size,
                folder=inbox.move_to or inbox.folder,
            )
            for inbox in config.inboxes
        },
        agents={
            agent.id: Agent(
                id=agent.id,
                name=agent.name,
                addresses=agent.addresses,
                groups=agent.groups,
                lead=agent.lead,
                zone=agent.timezone,
                language=agent.language or desk.language,
                epoch=agent.epoch,
                goodwill=100 * max(config.goodwill.budget, agent.goodwill),
                phone=agent.phone or "",
                signature=agent.signature or "",
                hears=Hears(agent.hears),
                hours=_own_hours(agent, business),
                digest=agent.digest,
            )
            for agent in config.agents
        },
        cadences=cadences_of(config.priority, business),
        unsure=unsure_of(config.priority, business, led=any(agent.lead for agent in config.agents)),
        office=config.office.named,
        forms=tuple(form.source for form in config.forms),
        marketplaces=tuple(each.marketplace for each in config.marketplaces),
        limits=Limits(
            per_address_hour=limits.per_address_hour,
            per_address_day=limits.per_address_day,
            per_domain_hour=limits.per_domain_hour,
            forms_hour=limits.forms_hour,
            too_old=limits.too_old,
            max_received=limits.max_received,
            breaker_floor=limits.breaker_floor,
            public_domains=public_domains(),
        ),
        admins=desk.admins,
        subaddress=plus,
        verp=plus and desk.envelope == "verp",
        authserv_id=desk.authserv_id,
        spam=replace(config.spam.marks, hosts=frozenset(desk.own_hosts)),
        agents_proven_by=desk.agents_proven_by,
        own_hosts=frozenset(desk.own_hosts),
        remind_before=config.promises.remind_before,
        cover_before=config.promises.cover_before,
        close_after=config.promises.close_after,
        check_in_after=config.promises.check_in_after,
        currency=config.goodwill.currency,
        oncall=on_call_of(config.oncall, desk.timezone),
        morning_page=config.pages.morning,
        evening_page=config.pages.evening,
        grain=timedelta(seconds=1) if config.promises.count_in == "seconds" else timedelta(minutes=1),
    )


def cadences_of(priorities: Priorities, business: Hours) -> dict[int, Cadence]:
    """The pace of each priority; one with `clock = "24x7"` keeps no hours but those of the zone."""
    return {level: _cadence(pace, business) for level, pace in priorities.levels.items()}


def unsure_of(priorities: Priorities, business: Hours, *, led: bool) -> Unsure:
    """The pace of a ticket whose kind no rule told. `led`: an agent leads, who can be called at night."""
    calm = replace(_cadence(priorities.unsure, business), first_look=True)
    alarm = priorities.unsure.alarm
    if not led or alarm is None:
        return Unsure(calm=calm)
    return Unsure(calm=calm, alarm=replace(calm, first=alarm, hours=_always(business)))


def _cadence(pace: PriorityConfig, business: Hours) -> Cadence:
    return Cadence(
        first=pace.first,
        steps=pace.then,
        hours=business if pace.clock == "business" else _always(business),
        after_estimate=pace.after_estimate,
        only_if_unanswered=pace.only_if_unanswered,
    )


def on_call_of(said: OnCallConfig, zone: ZoneInfo) -> OnCall | None:
    """The rota, by the clock of `zone` if it names none; None where there is none."""
    if not said.rota:
        return None
    weekday, at = said.change
    return OnCall(
        rota=said.rota,
        weekday=weekday,
        at=at,
        zone=said.timezone or zone,
        since=said.since,
        weeks=said.weeks,
        next_after=said.next_after,
        calls=said.has_second_road,
    )


def _own_hours(agent: AgentConfig, business: Hours) -> Hours | None:
    """The agent's own, by the clock of their zone and with the desk's holidays; None if the config names none."""
    if agent.hours is None:
        return None
    return replace(business, spans=agent.hours.spans(business.spans), zone=agent.timezone or business.zone)


def _never_there(agent: AgentConfig, config: Config) -> bool:
    return agent.hours is not None and not agent.hours.spans(config.hours.spans)


def _always(business: Hours) -> Hours:
    return Hours(zone=business.zone, always=True)


def _closed_days(chosen: Holidays, year: int) -> frozenset[date]:
    """Days on which the desk is closed all day: where a holiday is observed on another day, that day counts too."""
    days = set(chosen.extra)
    if chosen.country is not None:
        import holidays

        # the object grows by itself when it is asked for another year: only its keys for these years are kept
        days.update(holidays.country_holidays(chosen.country, subdiv=chosen.region, years=range(year - 1, year + 4)))
    return frozenset(days)


def _form(config: Config, inbox: InboxConfig) -> str:
    """How an inbox speaks to people: as it says itself, by its language or its form, else as the desk says."""
    if inbox.address_form or (inbox.language or "").endswith("-du"):
        return inbox.address_form or "du"
    return config.desk.address_form or ""


def _form_problems(config: Config, languages: frozenset[str]) -> list[str]:
    said = [("desk", config.desk.address_form, config.desk.language)]
    said += [(f"inbox[{inbox.name}]", inbox.address_form, inbox.language or "") for inbox in config.inboxes]
    problems = [
        f'{where}.address_form: it says "sie", and {where}.language = "{language}" says du: take one of them out'
        for where, form, language in said
        if form == "sie" and language.endswith("-du")
    ]
    if not any(language.endswith("-du") for language in languages):
        problems += [
            f"{where}.address_form: there is no set of letters that says du, such as templates/de-du; leave it out"
            for where, form, _ in said
            if form == "du"
        ]
    return problems


def _language_problems(config: Config, languages: frozenset[str]) -> list[str]:
    asked = [("desk.language", config.desk.language)]
    asked += [(f"inbox[{inbox.name}].language", inbox.language) for inbox in config.inboxes if inbox.language]
    asked += [(f"agent[{agent.id}].language", agent.language) for agent in config.agents if agent.language]
    asked += [(f"form[{form.called}].language", form.language) for form in config.forms if form.language]
    known = sorted(languages)
    return [
        f'{key}: there is no whole set of letters in "{language}"; there is in: {", ".join(known)}{meant(language, known)}'
        for key, language in asked
        if language not in languages
    ]
