"""Turns the tables of a rule file into rules: every key is checked, and every error has a line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from mailbot.adapters.rulefiles.table import Table, TableReader
from mailbot.config.toml_source import Path
from mailbot.core.language.structures import WordList
from mailbot.core.language.terms import Term, compile_pattern, term
from mailbot.core.language.zone_words import zone_meant, zone_near
from mailbot.core.model.facts import Facts
from mailbot.core.model.letter_kinds import KINDS
from mailbot.core.rules.conditions import (
    AddressCondition,
    AttachmentCondition,
    Condition,
    CustomerCondition,
    FieldCondition,
    FormCondition,
    HeaderCondition,
    HoursCondition,
    InboxCondition,
    LanguageCondition,
    Matcher,
    SimilarCondition,
    TextCondition,
)
from mailbot.core.rules.model import Rule, RuleTest, ThankRule, Then

WHEN_KEYS = (
    "text",
    "subject",
    "body",
    "from",
    "to",
    "inbox",
    "header",
    "form",
    "field",
    "language",
    "customer",
    "attachment",
    "hours",
    "similar",
)
THEN_KEYS = (
    "priority",
    "score",
    "urgency",
    "category",
    "assign",
    "tag",
    "answer",
    "ack",
    "thank",
    "incident",
    "zone",
    "notify",
    "hold",
    "ignore",
)
CUSTOMER_KEYS = ("tags", "first_contact", "tickets_30d", "last_promise_broken")
RULE_KEYS = ("id", "why", "when", "then", "test")
EXPECT_KEYS = ("hit", "priority", "urgency", "category", "answer")
MOST_ALIKE = 50  # the latest mails that the store compares a mail with
_ID = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
_SPAN = re.compile(r"([1-9][0-9]{0,3})\s*(m|min|h|d)")
_UNIT = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """What exists besides the rules: letters, agents and groups, inboxes, forms (None: unknown, not checked), articles, lists.

    `forms` are the names of the fields that are kept of each.
    """

    letters: frozenset[str] | None = None
    agents: frozenset[str] | None = None
    inboxes: frozenset[str] | None = None
    forms: Mapping[str, frozenset[str]] | None = None
    articles: frozenset[str] = frozenset()
    lists: Mapping[str, WordList] = field(default_factory=dict)

    def term(self, raw: str) -> Term:
        """One term, which may name lists. Raises BadTerm."""
        return term(raw, self.lists)


def span(value: str) -> timedelta | None:
    """`30m`, `2h` or `1d` as a length of time, or None."""
    found = _SPAN.fullmatch(value.strip())
    return timedelta(**{_UNIT[found.group(2)]: int(found.group(1))}) if found else None


def read_rule(reader: TableReader, raw: object, path: Path, names: Names) -> tuple[Rule, timedelta | None] | None:
    """One `[[rule]]` table, and the window of its `similar` if it has one. None if it has no usable id."""
    table = reader.table(raw, path, RULE_KEYS)
    rule_id = table.get("id")
    if not isinstance(rule_id, str) or not _ID.fullmatch(rule_id):
        reader.wrong(
            (*path, "id") if "id" in table else path, "a rule needs an `id` of small letters, digits and hyphens"
        )
        return None
    when_path, then_path = (*path, "when"), (*path, "then")
    when = reader.table(table.get("when", {}), when_path, (*WHEN_KEYS, "not"))
    if not table.get("when"):
        reader.wrong(path, f"rule `{rule_id}` has no [rule.when], so it would hit every mail")
    if not table.get("then"):
        reader.wrong(path, f"rule `{rule_id}` has no [rule.then], so it would change nothing")
    window: list[timedelta] = []
    unless: Table = {}
    if "not" in when:
        unless = reader.table(when["not"], (*when_path, "not"), WHEN_KEYS)
    rule = Rule(
        id=rule_id,
        why=reader.text(table, "why", path, "") or "",
        file=reader.file,
        line=reader.line(path),
        when=_conditions(reader, {k: v for k, v in when.items() if k != "not"}, when_path, window, names),
        unless=_conditions(reader, unless, (*when_path, "not"), window, names),
        then=_then(reader, table.get("then", {}), then_path, names),
        tests=_tests(reader, table.get("test", []), (*path, "test"), names),
    )
    if rule.then.thank is not None and not any(isinstance(c, AddressCondition | HeaderCondition) for c in rule.when):
        reader.wrong(
            (*then_path, "thank"), "`thank` needs a `from` or `header` in [rule.when]: anybody could ask for it"
        )
    return rule, (window[0] if window else None)


def _conditions(
    reader: TableReader, table: Table, path: Path, window: list[timedelta], names: Names
) -> tuple[Condition, ...]:
    found: list[Condition | None] = []
    for key in table:
        at = (*path, key)
        if key in ("text", "subject", "body"):
            terms = reader.each(reader.texts(table, key, path), at, names.term)
            found.append(TextCondition(field=key, terms=terms) if terms else None)
        elif key in ("from", "to"):
            matchers = reader.each(reader.texts(table, key, path), at, lambda v: Matcher.of(v, domains=True))
            found.append(AddressCondition(field=key, any_of=matchers) if matchers else None)
        elif key == "inbox":
            inboxes = reader.texts(table, key, path)
            for name in inboxes:
                reader.named(name, at, names.inboxes, "inbox")
            found.append(InboxCondition(names=inboxes))
        elif key == "language":
            languages = reader.texts(table, key, path)
            for language in languages:
                if not re.fullmatch(r"[a-z]{2,3}", language):
                    reader.wrong(at, f"`{language}` is no language code such as en or de", language)
            found.append(LanguageCondition(languages=languages))
        elif key == "header":
            found += _headers(reader, table[key], at, names)
        elif key == "form":
            forms = reader.texts(table, key, path)
            for name in forms:
                reader.named(name, at, names.forms, "[[form]] with the name")
            found.append(FormCondition(names=forms))
        elif key == "field":
            found += _fields(reader, table[key], at, names)
        elif key == "customer":
            found.append(_customer(reader, table[key], at))
        elif key == "attachment":
            found.append(_attachment(reader, table, path))
        elif key == "hours":
            if table[key] in ("in", "out"):
                found.append(HoursCondition(inside=table[key] == "in"))
            else:
                reader.wrong(at, '`hours` must be "in" or "out"')
        else:
            found.append(_similar(reader, table, path, window))
    return tuple(c for c in found if c is not None)


def _headers(reader: TableReader, raw: object, path: Path, names: Names) -> list[Condition | None]:
    if not isinstance(raw, dict) or not raw:
        reader.wrong(path, '`header` must be a table of header names, as in header = { "X-Shop-Event" = "signup" }')
        return []
    found: list[Condition | None] = []
    for name in raw:
        values = (True,) if raw[name] is True else reader.texts(raw, name, path)
        present = values in ((True,), ("*",))
        terms = () if present else reader.each((str(v) for v in values), (*path, name), names.term)
        if present or terms:
            found.append(HeaderCondition.of(name, terms))
    return found


def _fields(reader: TableReader, raw: object, path: Path, names: Names) -> list[Condition | None]:
    if not isinstance(raw, dict) or not raw:
        reader.wrong(path, '`field` must be a table of fields that a form keeps, as in field = { order = "A-" }')
        return []
    known = None if names.forms is None else frozenset(name for kept in names.forms.values() for name in kept)
    found: list[Condition | None] = []
    for name in raw:
        reader.named(name, (*path, name), known, "field in the `keep` of any [[form]] called")
        if raw[name] is True:
            found.append(FieldCondition.of(name, ()))
        elif terms := reader.each(reader.texts(raw, name, path), (*path, name), names.term):
            found.append(FieldCondition.of(name, terms))
    return found


def _customer(reader: TableReader, raw: object, path: Path) -> Condition | None:
    table = reader.table(raw, path, CUSTOMER_KEYS)
    if not table:
        return None
    return CustomerCondition(
        tags=reader.texts(table, "tags", path) if "tags" in table else None,
        first_contact=reader.flag(table, "first_contact", path),
        tickets_30d=reader.number(table, "tickets_30d", path, 1, 10_000),
        last_promise_broken=reader.flag(table, "last_promise_broken", path),
    )


def _attachment(reader: TableReader, table: Table, path: Path) -> Condition | None:
    if table["attachment"] is True:
        return AttachmentCondition()
    matchers = reader.each(reader.texts(table, "attachment", path), (*path, "attachment"), Matcher.of)
    return AttachmentCondition(any_of=matchers) if matchers else None


def _similar(reader: TableReader, table: Table, path: Path, window: list[timedelta]) -> Condition | None:
    at = (*path, "similar")
    if isinstance(table["similar"], dict):
        inner = reader.table(table["similar"], at, ("count", "within"))
        count = reader.number(inner, "count", at, 2, MOST_ALIKE)
        within = reader.text(inner, "within", at)
        if within is not None:
            length = span(within)
            if length is None:
                reader.wrong((*at, "within"), '`within` must be a time such as "30m", "2h" or "1d"')
            else:
                window.append(length)
        if count is None and "count" not in inner:
            reader.wrong(at, "`similar` needs a `count`")
    else:
        count = reader.number(table, "similar", path, 2, MOST_ALIKE)
    return SimilarCondition(count=count) if count is not None else None


def _then(reader: TableReader, raw: object, path: Path, names: Names) -> Then:
    table = reader.table(raw, path, THEN_KEYS)
    score: dict[int, int] = {}
    if "score" in table:
        points = reader.table(table["score"], (*path, "score"), tuple(f"p{n}" for n in range(1, 6)))
        for key in points:
            value = reader.number(points, key, (*path, "score"), -1000, 1000)
            if value is not None:
                score[int(key[1])] = value
        if "priority" in table:
            reader.wrong((*path, "score"), "`priority` wins outright, so a `score` beside it would never count")
    notify = reader.texts(table, "notify", path)
    for name in notify:
        if "@" not in name:
            reader.named(name, (*path, "notify"), names.agents, "agent or group")
    answer = reader.text(table, "answer", path)
    first_words = None if names.letters is None else [n for n in KINDS if n in names.letters and KINDS[n].first_word]
    return Then(
        priority=reader.number(table, "priority", path, 1, 5),
        score=score,
        urgency=reader.number(table, "urgency", path, 0, 3),
        category=reader.text(table, "category", path),
        assign=reader.named(reader.text(table, "assign", path), (*path, "assign"), names.agents, "agent or group"),
        tags=reader.texts(table, "tag", path),
        answer=reader.named(answer, (*path, "answer"), names.articles, "article in rules/answers"),
        ack=reader.named(reader.text(table, "ack", path), (*path, "ack"), first_words, "letter for a first word"),
        thank=_thank(reader, table["thank"], (*path, "thank"), names) if "thank" in table else None,
        incident=reader.text(table, "incident", path),
        zone=_zone(reader, reader.text(table, "zone", path), (*path, "zone")),
        notify=notify,
        hold=reader.flag(table, "hold", path) or False,
        ignore=reader.flag(table, "ignore", path) or False,
    )


def _zone(reader: TableReader, given: str | None, path: Path) -> str | None:
    zone = zone_meant(given) if given is not None else None
    if given is not None and zone is None:
        near = zone_near(given)
        meant = f"; did you mean `{near}`?" if near else " such as Europe/Lisbon, nor an offset such as +05:30"
        reader.wrong(path, f"`{given}` is no time zone{meant}", given)
    return zone


def _thank(reader: TableReader, raw: object, path: Path, names: Names) -> ThankRule | None:
    table = reader.table(raw, path, ("to", "letter"))
    pattern = reader.text(table, "to", path)
    thanks = None if names.letters is None else [k.thanks for n, k in KINDS.items() if n in names.letters and k.thanks]
    letter = reader.named(reader.text(table, "letter", path), (*path, "letter"), thanks, "letter of thanks")
    if pattern is None or letter is None:
        reader.wrong(path, "`thank` needs `to`, a pattern with one group around the address, and `letter`")
        return None
    try:
        compiled = compile_pattern(pattern)
    except Exception as bad:  # noqa: BLE001 - re2.error is re-exported from an extension module without a type
        reader.wrong((*path, "to"), f"`to` is no valid pattern: {bad}")
        return None
    if compiled.groups != 1:
        reader.wrong((*path, "to"), f"`to` must have exactly one group around the address, it has {compiled.groups}")
        return None
    return ThankRule(pattern=compiled, letter=letter)


def _tests(reader: TableReader, raw: object, path: Path, names: Names) -> tuple[RuleTest, ...]:
    if not isinstance(raw, list):
        reader.wrong(path, "tests are [[rule.test]] tables")
        return ()
    return tuple(read_test(reader, each, (*path, n), names) for n, each in enumerate(raw))


def read_test(reader: TableReader, raw: object, path: Path, names: Names) -> RuleTest:
    """One `[[rule.test]]` table: what the mail is like, and what the result must be."""
    table = reader.table(raw, path, (*WHEN_KEYS, *EXPECT_KEYS))
    hit = reader.flag(table, "hit", path)
    answer = reader.text(table, "answer", path)
    return RuleTest(
        facts=read_facts(reader, table, path),
        line=reader.line(path),
        hit=True if hit is None else hit,
        priority=reader.number(table, "priority", path, 1, 5),
        urgency=reader.number(table, "urgency", path, 0, 3),
        category=reader.text(table, "category", path),
        answer=reader.named(answer, (*path, "answer"), names.articles, "article in rules/answers"),
    )


def read_facts(reader: TableReader, table: Table, path: Path) -> Facts:
    """The mail of a test, from the keys that a rule may ask for."""
    subject = reader.text(table, "subject", path) or ""
    body = reader.text(table, "body", path) or reader.text(table, "text", path) or ""
    customer: Mapping[str, Any] = {}
    if "customer" in table:
        customer = reader.table(table["customer"], (*path, "customer"), CUSTOMER_KEYS)
    header = table.get("header", {})
    if not isinstance(header, dict) or not all(isinstance(v, str) for v in header.values()):
        reader.wrong((*path, "header"), "`header` must be a table of names and texts")
        header = {}
    fields = table.get("field", {})
    if not isinstance(fields, dict) or not all(isinstance(v, str) for v in fields.values()):
        reader.wrong((*path, "field"), "`field` must be a table of names and texts")
        fields = {}
    within = (*path, "customer")
    return Facts(
        text=f"{subject}\n{body}".strip(),
        subject=subject,
        body=body,
        from_address=reader.text(table, "from", path) or "",
        to=reader.texts(table, "to", path),
        inbox=reader.text(table, "inbox", path) or "",
        headers=tuple((k.lower(), v) for k, v in header.items()),
        language=reader.text(table, "language", path),
        first_contact=reader.flag(customer, "first_contact", within) or False,
        tickets_30d=reader.number(customer, "tickets_30d", within, 0, 10_000) or 0,
        last_promise_broken=reader.flag(customer, "last_promise_broken", within) or False,
        customer_tags=reader.texts(customer, "tags", within),
        attachments=tuple((name, "") for name in reader.texts(table, "attachment", path)),
        in_hours=table.get("hours", "in") == "in",
        similar=reader.number(table, "similar", path, 0, 100_000) or 0,
        form=reader.text(table, "form", path) or "",
        fields=tuple(fields.items()),
    )
