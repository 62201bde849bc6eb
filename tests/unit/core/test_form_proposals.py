"""A form that the config does not name is found after three mails, and its section is written ready to be pasted."""

import tomllib
from dataclasses import replace

import pytest

from mailbot.config.form_proposal import section_for
from mailbot.config.form_samples import differences
from mailbot.config.forms import FormConfig
from mailbot.core.intake.form_proposal import Found, found_in, mailer_of
from mailbot.core.intake.read import read
from mailbot.core.model.form_source import FormProof
from mailbot.core.model.mail import Address
from tests.simulation.simulated_desk import desk_policy
from tests.unit.core.test_configured_forms import FAILS, PASSES, SERVER, WEBSITE, raw_of

POLICY = replace(desk_policy(), authserv_id=SERVER)
MAILER = Address(address="shop@site.example")
PEOPLE = (("Ada Byrne", "ada"), ("Bob Moss", "bob"), ("Cy Lind", "cy"))


def mails(*more, reply_to=True, kind="plain", body=None, people=PEOPLE):
    told = (
        body or "Name: {name}\nE-Mail: {local}@mail.example\nOrder number: A-{n}\n\nYour message:\nHello, {n}.\nMore."
    )
    return [
        read(
            raw_of(
                *more, kind=kind, number=n, reply_to=f"{name} <{local}@mail.example>" if reply_to else None,
                sender=f"{name} <shop@site.example>", body=told.format(name=name, local=local, n=n),
            )
        )
        for n, (name, local) in enumerate(people)
    ]  # fmt: skip


def test_what_three_mails_of_one_mailer_have_in_common():
    assert found_in(MAILER, mails(PASSES), POLICY) == Found(
        mailer="shop@site.example",
        mails=3,
        proven_by=FormProof.RESULTS,
        customer=("reply-to", "line:E-Mail"),
        called="Name",
        message="Your message",
        keep={"order-number": "Order number"},
    )


def test_two_are_too_few_and_one_person_alone_is_no_form():
    assert found_in(MAILER, mails()[:2], POLICY) is None
    assert found_in(MAILER, mails(people=PEOPLE[:1] * 3), POLICY) is None


def test_without_reply_to_the_line_counts():
    found = found_in(MAILER, mails(FAILS, reply_to=False), POLICY)
    assert (found.customer, found.proven_by) == (("line:E-Mail",), None)


@pytest.mark.parametrize(
    "body",
    [
        "<table><tr><td>Name</td><td>{name}</td></tr><tr><td>E-Mail</td><td>{local}@mail.example</td></tr><tr><td>Nachricht</td><td>Ja, {n}<br>und mehr</td></tr></table>",
        "<p><b>Name</b><br>{name}</p><p><b>E-Mail</b><br>{local}@mail.example</p><p><b>Nachricht</b><br>Ja, {n}<br>und mehr</p>",
    ],
)
def test_so_it_is_in_html(body):
    found = found_in(MAILER, mails(kind="html", body=body), POLICY)
    assert (found.called, found.message, found.customer) == ("Name", "Nachricht", ("reply-to", "line:E-Mail"))


def test_people_who_have_their_answers_sent_elsewhere_are_no_form():
    assert found_in(MAILER, mails(body="Hello {n},\n\nit is {name} here."), POLICY) is None


def test_who_may_be_a_mailer():
    assert mailer_of(mails()[0], POLICY) is not None
    assert mailer_of(mails(reply_to=False)[0], POLICY) is None
    assert mailer_of(read(raw_of(sender="forms@site.example")), POLICY) is not None
    for raw in (
        raw_of("In-Reply-To: <x@y.example>", reply_to="a@mail.example"),
        raw_of(sender="mara@lumen.example", reply_to="a@mail.example"),
    ):
        assert mailer_of(read(raw), POLICY) is None
    assert mailer_of(mails()[0], replace(POLICY, forms=(WEBSITE,))) is None


def sections(found, taken=(), policy=POLICY):
    text = section_for(found, taken, policy)
    return text, tomllib.loads(text)


def test_the_section_loads_and_its_sample_holds():
    text, data = sections(found_in(MAILER, mails(PASSES), POLICY))
    form = FormConfig.model_validate(data["form"][0])
    assert list(differences(form, 1, POLICY)) == []
    assert form.test[0].words
    assert (form.called, form.from_, form.proven_by) == ("shop", ("shop@site.example",), FormProof.RESULTS)
    assert "# Not known: its language" in text
    assert not any(word in text for word in ("bob@", "Bob", "A-1", "Hello, 1"))


def test_what_is_missing_is_said():
    bare = replace(POLICY, authserv_id=None)
    text, data = sections(
        found_in(MAILER, mails(body="E-Mail: {local}@mail.example\nOrder number: {n}"), bare), {"shop"}, bare
    )
    assert "Nothing can prove who sent it yet: set desk.authserv_id" in text
    assert '# Not known: the label of their own words. message = "Message"' in text
    assert data["form"][0]["name"] == "site.example"
    assert "did not prove" in section_for(found_in(MAILER, mails(FAILS), POLICY), (), POLICY)


@pytest.mark.parametrize("label", ['A "b" \\\\ c', "Größe", "注文番号", "رقم الطلب", "'''"])
def test_any_label_can_be_pasted(label):
    body = f"E-Mail: {{local}}@mail.example\n{label}: x{{n}}\nMessage: Hello there, {{n}}"
    _, data = sections(found_in(MAILER, mails(body=body), POLICY))
    FormConfig.model_validate(data["form"][0])


def test_addresses_of_the_mailers_own_domain_are_a_marketplaces():
    member = Address(address="member@auction.example")
    told = [
        read(raw_of(sender="Auction <member@auction.example>", number=n, reply_to=f"x{n}@members.auction.example"))
        for n in range(3)
    ]
    text, data = sections(found_in(member, told, POLICY))
    assert data == {"marketplace": [{"name": "auction.example", "from": ["auction.example"]}]}
    assert "Not known: what it forbids" in text


@pytest.mark.parametrize("unit", ["a", "a ", "a:", "a: b\n", "*", "a(", " "])
def test_looking_takes_time_in_proportion(unit):
    body = unit * (40_000 // len(unit))
    found_in(MAILER, [read(raw_of(body=body, number=n, reply_to=f"p{n}@mail.example")) for n in range(3)], POLICY)
