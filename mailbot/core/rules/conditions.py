"""The conditions of a rule: each says whether a mail meets it, and by which words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Protocol

import re2

from mailbot.core.language.folding import fold
from mailbot.core.language.terms import BadTerm, Term, TermIndex, compile_pattern, term
from mailbot.core.model.addresses import address_key, readable
from mailbot.core.model.facts import Facts

_GLOB = re.compile(r"[^\\|()\[\]{}^$?]+")
TEXT_FIELDS = ("text", "subject", "body")


class Condition(Protocol):
    """One key of a rule's `when`."""

    def met(self, facts: Facts) -> str | None:
        """What fits (words, or the fact in words), or None if nothing does."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TextCondition:
    """Any of the terms occurs in the text, the subject or the body. The rule set looks all of them up at once."""

    field: str
    terms: tuple[Term, ...]

    def met(self, facts: Facts) -> str | None:
        """The first words that fit, looked up alone (the rule set does it for all conditions together)."""
        found = TermIndex.of(self.terms).find(getattr(facts, self.field))
        return next(iter(found.values()), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Matcher:
    """One address, name or media type to compare with: a glob (`*@shop.example`, `*.pdf`) or a google-re2 pattern.

    A glob without @ for an address (`domains`) is a domain and matches its subdomains as well.
    """

    raw: str
    domains: bool = False
    _compiled: re2._Regexp = field(default=None, repr=False, compare=False)

    @classmethod
    def of(cls, raw: str, *, domains: bool = False) -> Matcher:
        """Read one. Raises BadTerm."""
        if not raw.strip():
            raise BadTerm("is empty, so it would fit everything")
        wanted = address_key(raw) if domains else raw.strip().casefold()
        if not _GLOB.fullmatch(wanted):
            pattern = term(raw).pattern
            assert pattern is not None
            return cls(raw=raw, domains=domains, _compiled=compile_pattern(pattern))
        literal = ".*".join(re2.escape(part) for part in wanted.split("*"))
        if domains and "@" not in wanted:
            literal = r".*[@.]" + literal
        elif domains and wanted.startswith("@"):
            literal = ".*" + literal
        return cls(raw=raw, domains=domains, _compiled=compile_pattern(f"^{literal}$"))

    def fits(self, value: str) -> bool:
        """Whether the value is one of those meant, in any case and whichever form a domain is written in."""
        if not self.domains:
            return self._compiled.search(value.strip().casefold()) is not None
        key = address_key(value)
        shown = readable(key)
        forms = (key,) if shown == key else (key, shown, shown.casefold())  # a pattern is for folded text
        return any(self._compiled.search(form) is not None for form in forms)


@dataclass(frozen=True, kw_only=True, slots=True)
class AddressCondition:
    """The sender, or any recipient (`field` from or to), is one of these."""

    field: str
    any_of: tuple[Matcher, ...]

    def met(self, facts: Facts) -> str | None:
        """The address that fits."""
        values = (facts.from_address,) if self.field == "from" else facts.to
        return next((v for v in values if any(m.fits(v) for m in self.any_of)), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class InboxCondition:
    """The mail came to one of these inboxes."""

    names: tuple[str, ...]

    def met(self, facts: Facts) -> str | None:
        """The inbox."""
        return f"inbox {facts.inbox}" if facts.inbox in self.names else None


@dataclass(frozen=True, kw_only=True, slots=True)
class HeaderCondition:
    """The mail has a header of this (lower-case) name; with terms, any of them occurs in its value."""

    name: str
    terms: tuple[Term, ...] = ()
    index: TermIndex | None = field(default=None, compare=False)

    @classmethod
    def of(cls, name: str, terms: tuple[Term, ...]) -> HeaderCondition:
        """The condition, ready to use."""
        return cls(name=name.lower(), terms=terms, index=TermIndex.of(terms) if terms else None)

    def met(self, facts: Facts) -> str | None:
        """The header and what fits in it."""
        for name, value in facts.headers:
            if name == self.name:
                if self.index is None:
                    return name
                if found := self.index.find(value):
                    return f"{name}: {next(iter(found.values()))}"
        return None


@dataclass(frozen=True, kw_only=True, slots=True)
class LanguageCondition:
    """The mail is surely written in one of these languages."""

    languages: tuple[str, ...]

    def met(self, facts: Facts) -> str | None:
        """The language."""
        return f"language {facts.language}" if facts.language in self.languages else None


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerCondition:
    """What is known of the customer: every part that is not None must hold; of the tags, any one."""

    tags: tuple[str, ...] | None = None
    first_contact: bool | None = None
    tickets_30d: int | None = None
    last_promise_broken: bool | None = None

    def met(self, facts: Facts) -> str | None:
        """The facts in words."""
        said: list[str] = []
        if self.tags is not None:
            shared = [t for t in facts.customer_tags if fold(t) in {fold(w) for w in self.tags}]
            if not shared:
                return None
            said.append(f"customer tagged {shared[0]}")
        if self.first_contact is not None:
            if facts.first_contact is not self.first_contact:
                return None
            said.append("first contact" if self.first_contact else "known customer")
        if self.tickets_30d is not None:
            if facts.tickets_30d < self.tickets_30d:
                return None
            said.append(f"{facts.tickets_30d} tickets in 30 days")
        if self.last_promise_broken is not None:
            if facts.last_promise_broken is not self.last_promise_broken:
                return None
            said.append("last promise broken" if self.last_promise_broken else "last promise kept")
        return ", ".join(said)


@dataclass(frozen=True, kw_only=True, slots=True)
class AttachmentCondition:
    """Something is attached; with matchers, its name or media type fits one of them."""

    any_of: tuple[Matcher, ...] = ()

    def met(self, facts: Facts) -> str | None:
        """The attachment's name or type."""
        for name, kind in facts.attachments:
            if not self.any_of or any(m.fits(name) or m.fits(kind) for m in self.any_of):
                return f"attachment {name or kind}"
        return None


@dataclass(frozen=True, kw_only=True, slots=True)
class HoursCondition:
    """The mail came while the desk was open (`inside`), or while it was not."""

    inside: bool

    def met(self, facts: Facts) -> str | None:
        """In or out, in words."""
        return ("in hours" if self.inside else "out of hours") if facts.in_hours is self.inside else None


@dataclass(frozen=True, kw_only=True, slots=True)
class SimilarCondition:
    """At least that many mails alike came within the rule set's window."""

    count: int

    def met(self, facts: Facts) -> str | None:
        """How many."""
        return f"{facts.similar} mails alike" if facts.similar >= self.count else None


@dataclass(frozen=True, kw_only=True, slots=True)
class FormCondition:
    """The mail came through one of these forms of the config, and our server vouches for that."""

    names: tuple[str, ...]

    def met(self, facts: Facts) -> str | None:
        """The form."""
        return f"form {facts.form}" if facts.form and facts.form in self.names else None


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldCondition:
    """Something stands in this field of a form; with terms, any of them occurs in it."""

    name: str
    terms: tuple[Term, ...] = ()
    index: TermIndex | None = field(default=None, compare=False)

    @classmethod
    def of(cls, name: str, terms: tuple[Term, ...]) -> FieldCondition:
        """The condition, ready to use."""
        return cls(name=name, terms=terms, index=TermIndex.of(terms) if terms else None)

    def met(self, facts: Facts) -> str | None:
        """The field and what fits in it."""
        value = next((value for name, value in facts.fields if name == self.name), "")
        if not value or self.index is None:
            return self.name if value else None
        found = self.index.find(value)
        return f"{self.name}: {next(iter(found.values()))}" if found else None
