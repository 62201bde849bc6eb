"""[[form]] in config.toml: every mistake at once and in its place, and each sample is tried before a customer does."""

import pytest

from mailbot.config import load_config, policy_of
from mailbot.core.model.form_source import FormProof
from mailbot.core.model.mail import Address
from mailbot.core.model.marketplace import Forbidden
from mailbot.errors import ConfigError
from tests.unit.house.test_config import PLAIN

FORM = """
[[form]]
name = "website"
from = ["Forms@Site.example", "bücher.example"]
proven_by = "results"
customer = ["Reply-To", "line: E-Mail"]
customer_name = "Name"
message = "Message"
keep = { order = "Order number" }
language = "en"
priority = 4
inbox = "support"
subject = "Your  Message"
[[form.test]]
mail = '''
Name: Ada Byrne
E-Mail: ada@customer.example
Order number: A-4711
Message:
The lamp came
without its cable.
'''
customer = "ada@customer.example"
keep = { order = "A-4711" }
words = "The lamp came without its cable."
[[form.test]]
mail = "E-Mail: \\nMessage: Hello"
"""


def load(tmp_path, more=FORM):
    (tmp_path / "config.toml").write_text(PLAIN + more, encoding="utf-8")
    return load_config(tmp_path)


def problems(tmp_path, more):
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, more)
    return [problem.rpartition(" (line ")[0] for problem in caught.value.problems]


def test_a_whole_section(tmp_path):
    source = policy_of(load(tmp_path), frozenset({"en"})).forms[0]
    assert source.senders == {"forms@site.example", "xn--bcher-kva.example"}
    assert source.customer == ("reply-to", "line:E-Mail")
    assert (source.called, source.message, source.keep) == ("Name", "Message", {"order": "Order number"})
    assert (source.proven_by, source.language, source.priority) == (FormProof.RESULTS, "en", 4)
    assert (source.inbox, source.subject) == ("support", "your message")


def test_the_shortest_section_takes_its_name_from_its_sender(tmp_path):
    config = load(tmp_path, '[[form]]\nfrom = "forms@site.example"\n')
    assert config.forms[0].source.name == "forms@site.example"
    assert config.forms[0].source.customer == ("reply-to",)


def test_every_mistake_is_named_at_once(tmp_path):
    found = problems(
        tmp_path,
        """
[[form]]
name = "website"
from = "forms at site"
customer = ["replyto", "lin:E-Mail", "line: "]
proven_by = "address"
keep = { Order = "Order number", phone = "" }
priority = 6
languag = "de"
[[form]]
name = "website"
from = "forms@site.example"
inbox = "suport"
customer = []
[form.test]
keep = { order = "A-1" }
[[form]]
from = []
[[form]]
name = "mia"
from = "mia@harbour.example"
""",
    )
    said = "\n".join(found)
    assert 'form[website].from: "forms at site" is neither an address' in said
    assert '"replyto" is not a place where the customer stands' in said
    assert 'did you mean "reply-to"?; "lin:E-Mail"' in said
    assert 'form[website].proven_by: "address" proves nothing' in said
    assert 'form[website].keep: "Order" must be a name' in said
    assert "form[website].priority: must be at most 5" in said
    assert 'form[website].languag: is not a known key; did you mean "language"?' in said
    assert 'form[website].name: "website" is used by another form' in said
    assert 'form[website].inbox: there is no inbox "suport"; did you mean "support"?' in said
    assert "form[website].test[#1].mail: give either the text of a mail" in said
    assert "form[#3].from: must not be empty" in said
    assert "is also agent[mia]" in said


def test_a_sample_that_does_not_hold_says_what_was_read_instead(tmp_path):
    more = (
        FORM.replace('customer = "ada@', 'customer = "bob@')
        .replace('"A-4711" }', '"A-1" }')
        .replace('cable."', 'bulb."')
    )
    more = more.replace('mail = "E-Mail: \\nMessage: Hello"', 'mail = "E-Mail: hello\\n"\ncustomer = "x@y.example"')
    assert problems(tmp_path, more) == [
        "form[website].test[#1].customer: the sample names ada@customer.example, not bob@customer.example",
        'form[website].test[#1].keep: of the sample "A-4711" is kept as order, not "A-1"',
        'form[website].test[#1].words: the customer\'s own words in the sample are "The lamp came without its cable."',
        (
            "form[website].test[#2].customer: the sample names nobody, not x@y.example: it has no Reply-To; "
            '"hello" is no address that mail can be sent to'
        ),
    ]


def test_a_sample_may_be_a_mail_that_somebody_saved(tmp_path):
    (tmp_path / "form.eml").write_bytes(
        b"From: forms@site.example\r\nReply-To: Ada <ada@customer.example>\r\n"
        b"Content-Type: text/plain; charset=iso-8859-1\r\n\r\nOrder number: \xc4-1\r\n"
    )
    more = FORM.partition("[[form.test]]")[0]
    load(
        tmp_path,
        f'{more}[form.test]\nfile = "form.eml"\ncustomer = "ada@customer.example"\nkeep = {{ order = "Ä-1" }}\n',
    )
    found = problems(tmp_path, f'{more}[form.test]\nfile = "from.eml"\n')
    assert "there is no file" in found[0]


def test_a_sample_with_a_header_and_one_in_html(tmp_path):
    more = FORM.partition("[[form.test]]")[0]
    tests = """
[[form.test]]
mail = "Subject: x\\nReply-To: ada@customer.example\\n\\nOrder number: A-1\\n"
customer = "ada@customer.example"
[[form.test]]
mail = "<table><tr><td>E-Mail</td><td>bob@customer.example</td></tr></table>"
customer = "bob@customer.example"
"""
    assert len(load(tmp_path, more + tests).forms[0].test) == 2


def test_two_forms_that_the_same_mail_would_fit(tmp_path):
    one = '[[form]]\nname = "a"\nfrom = "forms@site.example"\n'
    two = '[[form]]\nname = "b"\nfrom = "forms@site.example"\n'
    assert "form[b].from: forms@site.example is also form[a].from" in problems(tmp_path, one + two)[0]
    assert load(tmp_path, f'{one}subject = "Refund"\n{two}')


def test_a_language_without_letters(tmp_path):
    config = load(tmp_path, '[[form]]\nfrom = "forms@site.example"\nlanguage = "de"\n')
    with pytest.raises(ConfigError, match=r"form\[forms@site.example\].language: there is no whole set"):
        policy_of(config, frozenset({"en"}))


def test_a_marketplace(tmp_path):
    config = load(tmp_path, '[[marketplace]]\nname = "Auction"\nfrom = "auction.example"\nforbid = ["links"]\n')
    market = policy_of(config, frozenset({"en"})).marketplaces[0]
    assert (market.name, market.senders, market.forbids) == ("Auction", {"auction.example"}, {Forbidden.LINKS})
    assert market.has(Address(address="x@Members.Auction.example"))
    assert not market.has(Address(address="x@myauction.example"))


def test_what_is_wrong_with_a_marketplace(tmp_path):
    found = problems(
        tmp_path,
        """
[[form]]
from = "forms@site.example"
[[marketplace]]
name = "a"
from = "harbour.example"
forbid = ["link"]
[[marketplace]]
name = "b"
from = ["forms@site.example"]
forbids = []
""",
    )
    assert found == [
        'marketplace[a].forbid: "link" is not one of "links" or "addresses"; did you mean "links"?',
        'marketplace[b].forbids: is not a known key; did you mean "forbid"?',
        "marketplace[a].from: harbour.example is a domain of your own (agent[mia]); name the marketplace's",
        "marketplace[b].from: forms@site.example is also form[#1].from; it is one or the other",
    ]
