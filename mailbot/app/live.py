"""The rules, letters and policy of a desk, read from its site; or those that ship, for trying mails without one."""

from __future__ import annotations

import secrets
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

from mailbot.adapters.language import detect_language
from mailbot.adapters.live import Live, load_live
from mailbot.adapters.site import data_dir, read_secret, rules_dir, template_dirs
from mailbot.config import Config, cadences_of, load_config, policy_of, unsure_of
from mailbot.config.models import Priorities
from mailbot.core.intake.tokens import Signer
from mailbot.core.model.policy import Agent, Hours, Inbox, Policy


def open_live(config: Config) -> Live:
    """The rules and templates of a site, loaded and checked. Raises ConfigError with every problem at once."""
    signer = Signer(read_secret(config.desk.secret_file))
    return load_live(
        rules=rules_dir(config.site),
        templates=template_dirs(config.site),
        signer=signer,
        detect=detect_language,
        policy=lambda languages: policy_of(config, languages),
    )


def open_or_shipped(site: Path | None) -> tuple[Live, str]:
    """The site's rules and letters, or those that ship with a plain policy."""
    if site is not None:
        config = load_config(site)
        return open_live(config), config.inboxes[0].name
    live = load_live(
        rules=data_dir("rules"),
        templates=[data_dir("templates")],
        signer=Signer(secrets.token_bytes(32)),
        detect=detect_language,
        policy=plain_policy,
    )
    return live, "support"


def plain_policy(languages: frozenset[str]) -> Policy:
    """A desk with one inbox, one agent and the cadences that ship: for trying mails without a site."""
    zone = ZoneInfo("UTC")
    hours = Hours(zone=zone, spans={day: ((time(9), time(17)),) for day in range(5)})
    paces = Priorities.model_validate({})
    # Whoever tries a mail means it for this desk, whatever address it was sent to.
    inbox = Inbox(name="support", address="help@desk.example", display_name="Support", answer_when_not_addressed=True)
    return Policy(
        desk_name="Support",
        zone=zone,
        language="en",
        languages=languages,
        inboxes={"support": inbox},
        agents={"agent": Agent(id="agent", name="Agent", addresses=("agent@desk.example",))},
        cadences=cadences_of(paces, hours),
        unsure=unsure_of(paces, hours, led=False),
    )
