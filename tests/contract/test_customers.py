"""What an admin says about a customer is stored, known when they write, and found again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from mailbot.core.model.facts import Weighed
from mailbot.core.model.known import Keys
from mailbot.core.model.mail import Address
from mailbot.core.model.promise import PromiseState
from mailbot.core.model.ticket import Customer
from tests.contract.made import ANN, HOUR, NOW, decision, message, promise, ticket


def known(store, sender):
    return store.lookup(Keys(content_key="unseen", sender=sender), NOW)


def test_tags_are_given_and_taken(store):
    assert store.customers.change_tags("Ann@Shop.example ", add=["vip", "gold"]) == ("gold", "vip")
    assert store.customers.change_tags("ann@shop.example", add=["vip", "late"]) == ("gold", "late", "vip")
    assert store.customers.change_tags("ann@shop.example", drop=["gold", "never-had"]) == ("late", "vip")
    store.customers.change_tags("bob@shop.example", add=["vip"])
    store.customers.change_tags("cem@shop.example", add=["new"])
    assert store.customers.tagged("vip") == {"ann@shop.example": ("late", "vip"), "bob@shop.example": ("vip",)}
    assert list(store.customers.tagged()) == ["ann@shop.example", "bob@shop.example", "cem@shop.example"]
    assert store.customers.change_tags("cem@shop.example", drop=["new"]) == ()
    assert "cem@shop.example" not in store.customers.tagged()


def test_they_are_known_when_the_customer_writes_who_stays_a_first_contact(store):
    store.customers.change_tags("ann@shop.example", add=["vip"])
    found = known(store, "ann@shop.example")
    assert (found.customer_tags, found.customer) == (("vip",), None)
    assert known(store, "bob@shop.example").customer_tags == ()
    store.customers.change_tags("ann@shop.example", drop=["vip"])
    assert known(store, "ann@shop.example").customer_tags == ()


def test_a_changed_customer_keeps_their_tags(store):
    store.customers.change_tags("ann@shop.example", add=["vip"])
    for name in ("Ann", "Ann Moor"):
        store.commit(decision(customers=(Customer(address="ann@shop.example", name=name, first_seen=NOW),)), NOW)
    found = known(store, "ann@shop.example")
    assert (found.customer.name, found.customer_tags) == ("Ann Moor", ("vip",))


def test_what_was_known_of_a_customer_is_kept_with_the_mail(store):
    one = message(ticket=1, weighed=Weighed(customer_tags=("vip", "gold")))
    store.commit(decision(tickets=(ticket(),), messages=(one,)), NOW)
    assert store.lists.ticket(1).messages[0].weighed.customer_tags == ("vip", "gold")


def test_what_was_entered_in_a_form_is_kept_with_the_mail(store):
    fields = (("order", "A-4711"), ("größe", "“L” {x}"))
    one = message(ticket=1, weighed=Weighed(form="website", fields=fields))
    store.commit(decision(tickets=(ticket(),), messages=(one,)), NOW)
    kept = store.lists.ticket(1).messages[0].weighed
    assert (kept.form, kept.fields) == ("website", fields)


def test_many_who_tag_at_once_lose_nothing(store):
    wanted = [f"tag-{n}" for n in range(20)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda tag: store.customers.change_tags("ann@shop.example", add=[tag]), wanted))
    assert known(store, "ann@shop.example").customer_tags == tuple(sorted(wanted))


def test_the_page_of_a_customer(store):
    stranger = store.customers.page("who@shop.example")
    assert (stranger.customer, stranger.tags, stranger.tickets, stranger.latest) == (None, (), 0, ())
    other = Address(address="bob@shop.example")
    store.commit(
        decision(
            customers=(Customer(address=ANN.address, name="Ann", first_seen=NOW),),
            tickets=(ticket(1, opened_at=NOW - HOUR), ticket(2, opened_at=NOW), ticket(3, requester=other)),
            promises=(promise("p1", state=PromiseState.KEPT, ended_at=NOW), promise("p2")),
        ),
        NOW,
    )
    page = store.customers.page(ANN.address.upper())
    assert (page.customer.name, page.tickets) == ("Ann", 2)
    assert [one.number for one in page.latest] == [2, 1]
    assert page.promises == {"kept": 1, "open": 1}
