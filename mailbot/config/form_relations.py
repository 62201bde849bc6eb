"""Checks what the [[form]] sections say about each other, the inboxes and the agents; from the file's own tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mailbot.config.forms import sender
from mailbot.config.values import meant
from mailbot.core.model.addresses import address_key

Tables = Sequence[tuple[str, Mapping[str, Any]]]


def form_relations(data: Mapping[str, Any]) -> Iterator[str]:
    """One line per contradiction; values of the wrong kind are passed over, since the models complain of those."""
    forms = _tables(data.get("form"), "form")
    inboxes = [str(table["name"]) for _, table in _tables(data.get("inbox"), "inbox") if table.get("name")]
    agents = {
        address_key(address): where
        for where, table in _tables(data.get("agent"), "agent")
        for address in _texts(table.get("addresses"))
    }
    yield from _names(forms)
    yield from _same_mail(forms)
    for where, table in forms:
        inbox = table.get("inbox")
        if isinstance(inbox, str) and inbox and inboxes and inbox not in inboxes:
            yield f'{where}.inbox: there is no inbox "{inbox}"{meant(inbox, inboxes)}'
        for address in _senders(table):
            if address in agents:
                yield f"{where}.from: {address} is also {agents[address]}; what an agent writes is no form's mail"
        yield from _tests(where, table)
    yield from _markets(data, forms)


def _markets(data: Mapping[str, Any], forms: Tables) -> Iterator[str]:
    """A marketplace is neither us nor a form: what one of these writes would count as its buyers'."""
    ours = {
        sender.rpartition("@")[2]: where
        for kind, key in (("inbox", "address"), ("agent", "addresses"))
        for where, table in _tables(data.get(kind), kind)
        for sender in map(address_key, _texts(table.get(key)))
    }
    posts = {each: where for where, table in forms for each in _senders(table)}
    for where, table in _tables(data.get("marketplace"), "marketplace"):
        for each in _senders(table):
            if each in posts:
                yield f"{where}.from: {each} is also {posts[each]}.from; it is one or the other"
            own = next((domain for domain in ours if domain == each or domain.endswith(f".{each}")), None)
            if own is not None:
                yield f"{where}.from: {each} is a domain of your own ({ours[own]}); name the marketplace's"


def _names(forms: Tables) -> Iterator[str]:
    seen: set[str] = set()
    for where, table in forms:
        name = table.get("name") or next(iter(_texts(table.get("from"))), "")
        if isinstance(name, str) and name and name in seen:
            yield f'{where}.name: "{name}" is used by another form'
        seen.add(str(name))


def _same_mail(forms: Tables) -> Iterator[str]:
    """Of two forms that the same mail would fit, the second never gets any."""
    seen: dict[tuple[str, str, str], str] = {}
    for where, table in forms:
        subject, inbox = (str(table.get(key) or "").casefold() for key in ("subject", "inbox"))
        for address in _senders(table):
            first = next(
                (
                    seen[key]
                    for key in ((address, subject, inbox), (address, "", ""), (address, "", inbox))
                    if key in seen
                ),
                None,
            )
            if first is not None:
                yield (
                    f"{where}.from: {address} is also {first}.from, which gets all of its mail; tell them apart by "
                    "`subject` or `inbox`, the one that says most first"
                )
            else:
                seen[address, subject, inbox] = where


def _tests(where: str, table: Mapping[str, Any]) -> Iterator[str]:
    kept = table.get("keep") if isinstance(table.get("keep"), Mapping) else {}
    found = table.get("test")
    tests = [found] if isinstance(found, Mapping) else found if isinstance(found, list) else []
    for number, test in enumerate(tests, 1):
        expected = test.get("keep") if isinstance(test, Mapping) else None
        for name in expected if isinstance(expected, Mapping) else ():
            if name not in (kept or {}):
                yield (
                    f'{where}.test[#{number}].keep: the form keeps no "{name}"'
                    f"{meant(str(name), [str(each) for each in kept or {}])}"
                )


def _senders(table: Mapping[str, Any]) -> list[str]:
    found = []
    for text in _texts(table.get("from")):
        try:
            found.append(sender(text))
        except ValueError:
            continue
    return found


def _tables(found: object, kind: str) -> list[tuple[str, Mapping[str, Any]]]:
    """Each table of `[[kind]]` with what it is called in a message."""
    called = "id" if kind == "agent" else "name"
    tables = [(i, t) for i, t in enumerate(found) if isinstance(t, Mapping)] if isinstance(found, list) else []
    return [(f"{kind}[{_called(table, called) or f'#{i + 1}'}]", table) for i, table in tables]


def _called(table: Mapping[str, Any], key: str) -> str:
    value = table.get(key)
    return value.strip() if isinstance(value, str) else ""


def _texts(found: object) -> list[str]:
    listed = [found] if isinstance(found, str) else found
    return [each.strip() for each in listed if isinstance(each, str)] if isinstance(listed, list) else []
