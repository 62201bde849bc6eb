"""[[form]] and [[marketplace]] of `config.toml`: whose mail is not that of its From, and where its customer stands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from mailbot.config import values as v
from mailbot.config.section import Section
from mailbot.core.intake.form_fields import folded
from mailbot.core.model.addresses import address_key, domain_key
from mailbot.core.model.form_source import LINE, REPLY_TO, FormProof, FormSource
from mailbot.core.model.marketplace import Forbidden, Marketplace

_DOMAIN = re.compile(r"[^\s@<>()\[\]\\,;:\"/]+(?:\.[^\s@<>()\[\]\\,;:\"/.]+)+")
_PLACES = f'"{REPLY_TO}", or "{LINE}" and the label of a line, such as "{LINE}E-Mail"'
_LONGEST_SAMPLE = 20_000
_FIELD = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_MOST_KEPT = 20
_HEADER = re.compile(r"(?i)(?:from|to|subject|reply-to|date|message-id|mime-version|content-type): ")
_HEADER_LINE = re.compile(r"[A-Za-z][A-Za-z-]*: |[ \t]")


def _several(value: object) -> object:
    """One text where a list of them may stand."""
    return [value] if isinstance(value, str) else value


def sender(value: object) -> str:
    """An address, or a domain, as it is compared. Raises ValueError."""
    text = v.text_of(value, "an address such as forms@example.com, or a domain").strip()
    if "@" in text.removeprefix("@"):
        return address_key(v.mail_address(text))
    domain = text.removeprefix("@")
    if not _DOMAIN.fullmatch(domain):
        raise ValueError(f'"{text}" is neither an address such as forms@example.com nor a domain such as example.com')
    return domain_key(domain)


def _place(value: object) -> str:
    text = " ".join(v.text_of(value, _PLACES).split())
    if text.casefold() == REPLY_TO:
        return REPLY_TO
    head, colon, label = text.partition(":")
    if colon and head.strip().casefold() == LINE[:-1] and folded(label):
        return LINE + label.strip()
    close = v.meant(text, [REPLY_TO]) or v.meant(head, [LINE[:-1]])
    raise ValueError(f'"{text}" is not a place where the customer stands: {_PLACES}{close}')


def _label(value: object) -> str:
    text = v.text_of(value, "the label of a line of the mail").strip()
    if text and not folded(text):
        raise ValueError(f'"{text}" is not the label of a line')
    return text


def _kept(value: object) -> dict[str, str]:
    wanted = 'must be a table of names and labels, such as { order = "Order number" }'
    if not isinstance(value, dict):
        raise ValueError(wanted)  # noqa: TRY004 - pydantic turns ValueError into a problem
    problems = [
        f'"{name}" must be a name of the characters a-z, 0-9, - and _, with the label of a line behind it'
        for name, label in value.items()
        if not _FIELD.fullmatch(str(name)) or not isinstance(label, str) or not folded(label)
    ]
    if problems:
        raise ValueError("; ".join(problems))
    if len(value) > _MOST_KEPT:
        raise ValueError(f"has more than {_MOST_KEPT} fields")
    return {str(name): str(label).strip() for name, label in value.items()}


def _texts(value: object) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        raise ValueError('must be a table of names and texts, such as { order = "A-4711" }')
    return {str(name): str(each) for name, each in value.items()}


def _one_or_more(value: object) -> object:
    """[form.test] once, or [[form.test]] several times."""
    return [value] if isinstance(value, dict) else value


def _proof(value: object) -> FormProof | None:
    text = v.text_of(value, '"results" or "internal-hop"').strip() if value is not None else ""
    known = [str(each) for each in FormProof]
    if text == "address":
        raise ValueError(
            '"address" proves nothing: anybody can write in the form\'s name. It must be "results" or "internal-hop"; '
            "without either the form's mail is taken, and its customer gets a first word in neutral terms"
        )
    if text and text not in known:
        raise ValueError(f'"{text}" is not one of "results" or "internal-hop"{v.meant(text, known)}')
    return FormProof(text) if text else None


def _forbidden(value: object) -> Forbidden:
    known = [str(each) for each in Forbidden]
    text = v.text_of(value, " or ".join(f'"{each}"' for each in known)).strip()
    if text not in known:
        raise ValueError(f'"{text}" is not one of "links" or "addresses"{v.meant(text, known)}')
    return Forbidden(text)


Senders = Annotated[tuple[str, ...], BeforeValidator(lambda value: v.each_of(sender)(_several(value)))]
Places = Annotated[tuple[str, ...], BeforeValidator(lambda value: v.each_of(_place)(_several(value)))]
Label = Annotated[str, BeforeValidator(_label)]
Kept = Annotated[dict[str, str], BeforeValidator(_kept)]
Texts = Annotated[dict[str, str], BeforeValidator(_texts)]
OptionalFormProof = Annotated[FormProof | None, BeforeValidator(_proof)]
Forbid = Annotated[tuple[Forbidden, ...], BeforeValidator(lambda value: v.each_of(_forbidden)(_several(value)))]
Priority = Annotated[int, Field(strict=True, ge=1, le=5)]


class FormTestConfig(Section):
    """[[form.test]]: a sample of the form's mail, here or in a file, and what must be read out of it."""

    mail: Annotated[str, Field(strict=True, max_length=_LONGEST_SAMPLE)] = ""
    file: v.OptionalFile = None
    customer: Annotated[str, Field(strict=True)] = ""
    keep: Texts = Field(default_factory=dict)
    words: Annotated[str, Field(strict=True)] = ""

    @model_validator(mode="after")
    def _one_sample(self) -> FormTestConfig:
        if bool(self.mail.strip()) == (self.file is not None):
            raise ValueError("mail: give either the text of a mail, or in `file` the path of one")
        return self


class FormConfig(Section):
    """[[form]]: a contact form whose mail is known, and trusted where its sender is proven."""

    name: v.OptionalText = None
    from_: Senders = Field(alias="from", min_length=1)
    subject: v.OptionalText = None
    inbox: v.OptionalText = None
    proven_by: OptionalFormProof = None
    customer: Places = Field(default=(REPLY_TO,), min_length=1)
    customer_name: Label = ""
    message: Label = ""
    keep: Kept = Field(default_factory=dict)
    language: v.OptionalLanguage = None
    priority: Priority | None = None
    test: Annotated[tuple[FormTestConfig, ...], BeforeValidator(_one_or_more)] = ()

    @property
    def called(self) -> str:
        """How the agents and the rules call it: by its name, else by its sender."""
        return self.name or self.from_[0]

    @property
    def source(self) -> FormSource:
        """As the core knows it."""
        return FormSource(
            name=self.called,
            senders=frozenset(self.from_),
            subject=" ".join((self.subject or "").split()).casefold(),
            inbox=self.inbox or "",
            customer=self.customer,
            called=self.customer_name,
            message=self.message,
            keep=self.keep,
            proven_by=self.proven_by,
            language=self.language or "",
            priority=self.priority,
        )


class MarketplaceConfig(Section):
    """[[marketplace]]: one that passes mail on between us and its buyers, and what it forbids in ours."""

    name: v.OptionalText = None
    from_: Senders = Field(alias="from", min_length=1)
    forbid: Forbid = ()

    @property
    def marketplace(self) -> Marketplace:
        """As the core knows it."""
        return Marketplace(
            name=self.name or self.from_[0], senders=frozenset(self.from_), forbids=frozenset(self.forbid)
        )


def sample_of(test: FormTestConfig) -> bytes:
    """The sample as the bytes of a mail: what begins with the header of one is taken for it, anything else for a body."""
    if test.file is not None:
        return Path(test.file).read_bytes()
    text = test.mail.replace("\r\n", "\n").strip("\n") + "\n"
    head = text.partition("\n\n")[0] if "\n\n" in text else ""
    begins = _HEADER.match(head) and all(map(_HEADER_LINE.match, head.split("\n")))
    kind = "html" if text.lstrip().startswith("<") else "plain"
    return (text if begins else f"Content-Type: text/{kind}; charset=utf-8\n\n{text}").encode()
