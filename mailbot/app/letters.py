"""Ties the letters to the command line: checked, and shown with a real ticket or an invented one."""

from __future__ import annotations

import os
import tempfile
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from mailbot.adapters.letters.new_language import lay_out, still_english
from mailbot.adapters.letters.samples import SAMPLES
from mailbot.adapters.letters.templates import NAMES, Problem, Templates
from mailbot.adapters.site import data_dir, template_dirs
from mailbot.adapters.store.views.lists import TicketPage
from mailbot.app.gallery import write_gallery
from mailbot.app.rules import Workshop
from mailbot.config import load_config
from mailbot.core.letters.build import matter_of, to_agent, to_customer
from mailbot.core.model.letter_fields import ClosedLetter
from mailbot.core.model.letter_kinds import KINDS, Audience
from mailbot.core.model.message import Author
from mailbot.core.model.notice_fields import ThankedNotice
from mailbot.core.model.promise import PromiseState
from mailbot.errors import ConfigError, TemplateError
from mailbot.ports import Rendered


def check_letters(site: Path | None) -> tuple[int, frozenset[str], list[Problem]]:
    """How many letters there are in which languages, and everything that is wrong with them or not translated yet."""
    templates = Templates(template_dirs(site))
    left = still_english(templates.unfinished(), data_dir("templates"))
    return len(NAMES), templates.languages(), [*templates.check(), *left]


def new_language(language: str, site: Path) -> list[Path]:
    """Lay out the letters of a language in the site, to be translated; the files. Raises ConfigError."""
    if not (site / "config.toml").is_file():
        raise ConfigError([f"{site}: is no desk's folder: there is no config.toml in it"])
    return lay_out(language, data_dir("templates"), site / "templates")


def preview(letter: str, site: Path | None, *, language: str, ticket: int | None, inbox: str = "") -> Rendered:
    """One letter or notice. With a ticket, its facts are used where the letter has room for them; the rest is invented.

    Raises ConfigError for a letter, a language or a ticket that is not there, and for a template that cannot be used.
    """
    if letter not in NAMES:
        near = get_close_matches(letter, NAMES, n=1)
        hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(NAMES)}"
        raise ConfigError([f"{letter}: there is no such letter{hint}"])
    templates = Templates(template_dirs(site))
    language = _known(language, templates)
    fields: Mapping[str, Any] = SAMPLES[letter][0]
    zone, where = "UTC", inbox
    if ticket is not None:
        fields, zone, own = _of_ticket(letter, ticket, site)
        where = inbox or own
    try:
        told = {**fields, "look": _look(site)}
        return templates.render(letter, language=language, inbox=where, zone=zone, fields=told)
    except TemplateError as error:
        raise ConfigError([str(error)]) from None


def preview_all(site: Path | None, folder: Path, *, language: str | None, inbox: str = "") -> tuple[Path, int]:
    """Every letter as one page in that folder, in that language or in all; the page, and how many letters it shows.

    Raises ConfigError for a language that is not there and for a template that cannot be used.
    """
    templates = Templates(template_dirs(site))
    languages = templates.languages() if language is None else frozenset({_known(language, templates)})
    return write_gallery(templates, languages, inbox, folder, _look(site))


def _look(site: Path | None) -> Mapping[str, Any] | None:
    """The desk's brand with its picture within the page; none where its config is not whole: `mailbot check` says why."""
    if site is None or not (site / "config.toml").is_file():
        return None
    try:
        brand = load_config(site).desk.brand.brand
    except ConfigError:
        return None
    if brand.logo is None:
        return brand.look()
    return brand.look(f"data:{brand.logo.type};base64,{b64encode(brand.logo.data).decode()}")


def _known(language: str, templates: Templates) -> str:
    if language not in templates.languages():
        known = ", ".join(sorted(templates.languages()))
        raise ConfigError([f"--lang: the letters are not complete in {language}, only in {known}"])
    return language


def _of_ticket(letter: str, number: int, site: Path | None) -> tuple[Mapping[str, Any], str, str]:
    workshop = Workshop.open(site, None)
    setting = workshop.setting(workshop.rules())
    store = workshop.store()
    try:
        page = store.lists.ticket(number)
    finally:
        store.close()
    if page is None:
        raise ConfigError([f"--ticket: there is no ticket {number}"])
    it, now = page.ticket, datetime.now(UTC)
    promise = next((p for p in page.promises if p.state is PromiseState.OPEN), None)
    sample = dict(SAMPLES[letter][0])
    # Two of those that have least of their own: what they know of the ticket, every one knows.
    if KINDS[letter].audience is Audience.CUSTOMER:
        made = to_customer(setting, it, ClosedLetter(matter=_matter(page)), key="preview", now=now, promise=promise)
    elif "ticket" in sample:
        agent = next(iter(setting.policy.agents.values()))
        made = to_agent(setting, it, agent, ThankedNotice(text=_text(page)), key="preview", now=now, promise=promise)
    else:
        return sample, setting.policy.zone.key, it.inbox
    known = {
        k: v for k, v in made.fields.items() if k in sample and k != "answers"
    }  # what can be tapped stays invented
    return {**sample, **known, "now": now.isoformat()}, made.zone, it.inbox


def _matter(page: TicketPage) -> str:
    return matter_of(_text(page), page.ticket.subject)


def _text(page: TicketPage) -> str:
    return next((m.new_text for m in page.messages if m.author is Author.CUSTOMER), "")


def write_page(rendered: Rendered, file: Path | None) -> Path:
    """The HTML in `file`, or in a new temporary file that is left for the browser; the path. Raises ConfigError."""
    html = rendered.html or f"<!doctype html><pre>{rendered.text}</pre>"
    try:
        if file is None:
            descriptor, name = tempfile.mkstemp(prefix="mailbot-letter-", suffix=".html")
            os.close(descriptor)
            file = Path(name)
        file.write_text(html, "utf-8")
    except OSError as error:
        raise ConfigError([f"{file}: cannot be written: {error.strerror}"]) from None
    return file
