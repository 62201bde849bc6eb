"""Whatever the core puts into its records comes back: a field without a column cannot hide."""

from __future__ import annotations

import dataclasses
import enum
import types
import typing
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailbot.core.model.event import Event
from mailbot.core.model.known import Keys
from mailbot.core.model.mail import Address
from mailbot.core.model.message import Message
from mailbot.core.model.outgoing import OutboxState, Outgoing
from mailbot.core.model.promise import Promise, PromiseState
from mailbot.core.model.reason import Reason
from mailbot.core.model.ticket import Customer, Ticket
from tests.contract.made import NOW, decision, ticket

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT, lambda inner: st.lists(inner, max_size=3), max_leaves=5
)
PLAIN = {
    str: TEXT,
    int: st.integers(0, 2**31 - 1),
    bool: st.booleans(),
    datetime: st.datetimes(timezones=OFFSETS),
    type(None): st.none(),
}
ANY = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def anything(kind, **fixed):
    """Any value of a type as the records use them."""
    if kind is Reason:
        return st.builds(
            lambda code, args: Reason(code, tuple(sorted(args.items()))), TEXT, st.dictionaries(TEXT, TEXT)
        )
    if kind in PLAIN:
        return PLAIN[kind]
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return st.one_of([anything(one) for one in arguments])
    if origin is tuple:
        if arguments[-1] is ...:
            return st.lists(anything(arguments[0]), max_size=3).map(tuple)
        return st.tuples(*map(anything, arguments))
    if origin is Mapping:
        return st.dictionaries(TEXT, JSON, max_size=3)
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        fields = {field.name: anything(hints[field.name]) for field in dataclasses.fields(kind)}
        return st.builds(kind, **fields | {name: st.just(value) for name, value in fixed.items()})
    assert issubclass(kind, enum.Enum)
    return st.sampled_from(kind)


def within(value):
    """A moment as the store keeps it: within the years that can be counted in UTC."""
    try:
        return value.astimezone(UTC)
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC) if value.year == 1 else datetime.max.replace(tzinfo=UTC)


def kept(record, **changes):
    """The record as it must come back, and what it consists of."""

    def stored(value):
        if isinstance(value, datetime):
            return within(value)
        return kept(value) if dataclasses.is_dataclass(value) else value

    fields = {field.name: stored(getattr(record, field.name)) for field in dataclasses.fields(record)}
    return dataclasses.replace(record, **fields | changes)


@ANY
@given(data=st.data())
def test_records_come_back(store, data):
    [number] = store.numbers(1)
    id_ = f"{number}"
    one = data.draw(anything(Ticket, number=number, version=0))
    mail = data.draw(anything(Message, id=id_, ticket=number, content_key=id_))
    word = data.draw(anything(Promise, id=id_, ticket=number, state=PromiseState.OPEN))
    line = data.draw(anything(Event, ticket=number))
    letter = data.draw(
        anything(Outgoing, key=id_, ticket=number, held_until=None, joins_by=None, together=None)
    )  # what is held: test_held
    store.commit(decision(tickets=(one,), messages=(mail,), promises=(word,), events=(line,), outgoing=(letter,)), NOW)
    page = store.lists.ticket(number)
    assert page.ticket == kept(one, version=1)
    assert page.messages == (kept(mail),)
    assert page.promises == (kept(word),)
    assert page.events == (kept(line),)
    [row] = page.outgoing
    assert (row.outgoing, row.state, row.created_at) == (kept(letter), OutboxState.READY, NOW)


@ANY
@given(data=st.data())
def test_changes_come_back(store, data):
    [number] = store.numbers(1)
    store.commit(decision(tickets=(ticket(number),)), NOW)
    changed = data.draw(anything(Ticket, number=number, version=1))
    first = data.draw(anything(Promise, id=f"{number}", ticket=number, state=PromiseState.OPEN))
    then = data.draw(anything(Promise, id=f"{number}", ticket=number))
    store.commit(decision(tickets=(changed,), promises=(first,)), NOW)
    store.commit(decision(promises=(then,)), NOW)
    page = store.lists.ticket(number)
    assert page.ticket == kept(changed, version=2)
    assert page.promises == (kept(then),)


@ANY
@given(customer=anything(Customer), name=TEXT)
def test_customers_come_back_by_their_folded_address(store, customer, name):
    key = Address(address=customer.address).key
    first = store.lookup(Keys(content_key="", sender=key), NOW).customer or customer
    store.commit(decision(customers=(customer,)), NOW)
    store.commit(decision(customers=(dataclasses.replace(customer, name=name),)), NOW)
    found = store.lookup(Keys(content_key="", sender=key), NOW).customer
    assert found == kept(customer, address=key, name=name, first_seen=within(first.first_seen))
