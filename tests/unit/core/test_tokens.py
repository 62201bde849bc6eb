"""Signed addresses: what was signed comes back, whatever mail servers do to it, and nothing else does."""

import random
import string
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.intake.tokens import SIGNATURE_LENGTH, Signer, Token, TokenKind, tokens_of
from mailbot.core.model.mail import Address, Mail

SIGNER = Signer(b"a secret that nobody knows")
OTHER = Signer(b"another secret of the same")

words = st.text(string.digits + string.ascii_lowercase, min_size=1, max_size=12)
refs = st.text(string.digits + string.ascii_lowercase, min_size=14, max_size=14)
numbers = st.integers(0, 36**6 - 1)
tokens = st.one_of(
    st.builds(
        Token,
        kind=st.just(TokenKind.AGENT),
        ticket=numbers,
        agent=words,
        epoch=st.integers(0, 40),
        answers=st.integers(0, 1295),
        tap=st.booleans(),
    ),
    st.builds(Token, kind=st.sampled_from([TokenKind.CUSTOMER, TokenKind.BOUNCE]), ticket=numbers),
    st.builds(Token, kind=st.just(TokenKind.HELD), ref=refs, agent=words, epoch=st.integers(0, 40), tap=st.booleans()),
)
ANNA = Token(kind=TokenKind.AGENT, ticket=1042, agent="anna", epoch=2, answers=7)


def mail(**fields):
    return Mail(
        message_id="m@shop.example",
        subject="s",
        date=None,
        from_=(Address(address="kim@shop.example"),),
        fingerprint="0",
        size=1,
        **fields,
    )


@given(tokens)
def test_what_was_signed_is_read_again(token):
    assert SIGNER.read(SIGNER.sign(token)) == token


@given(tokens, st.randoms(use_true_random=False))
def test_mail_servers_may_fold_the_case(token, chance):
    text = SIGNER.sign(token)
    assert text == text.lower()
    assert SIGNER.read(text.upper()) == token
    assert SIGNER.read("".join(chance.choice([c.upper(), c]) for c in text)) == token


@given(tokens)
def test_it_is_found_in_an_address_and_in_a_message_id(token):
    text = SIGNER.sign(token)
    for place in (
        f"support+{text}@desk.example",
        f"<{text}.abcdefgh23456@desk.example>",
        f"care-{text}@desk.example",
        f"bounces+{text}=desk.example@relay.example",
        f"SRS0=x9=2a=desk.example=support+{text}@relay.example",
        f"support+c1-{'a' * SIGNATURE_LENGTH}@desk.example, support+{text}@desk.example",
    ):
        assert SIGNER.read(place) == token, place


@given(tokens)
def test_the_local_part_of_a_usual_inbox_fits_64_characters(token):
    # RFC 5321 section 4.5.3.1.1
    assert len(f"support+{SIGNER.sign(token)}") <= 64


@given(tokens, st.data())
def test_a_changed_character_is_a_forgery(token, data):
    text = SIGNER.sign(token)
    at = data.draw(st.integers(0, len(text) - 1))
    put = data.draw(st.sampled_from(string.digits + string.ascii_lowercase + "-"))
    forged = text[:at] + put + text[at + 1 :]
    assert SIGNER.read(forged) == (token if forged == text else None)


@given(tokens, st.integers(1, SIGNATURE_LENGTH))
def test_a_shortened_or_lengthened_signature_is_a_forgery(token, cut):
    text = SIGNER.sign(token)
    assert SIGNER.read(text[:-cut]) is None
    assert SIGNER.read(text + "a" * cut) is None


@given(tokens)
def test_another_desk_signs_otherwise(token):
    assert OTHER.read(SIGNER.sign(token)) is None
    assert OTHER.sign(token) != SIGNER.sign(token)


@given(tokens, tokens)
def test_a_signature_is_good_for_its_own_token_only(one, two):
    body, signature = SIGNER.sign(one).rsplit("-", 1)
    other_body = SIGNER.sign(two).rsplit("-", 1)[0]
    assert (SIGNER.read(f"{other_body}-{signature}") is None) == (body != other_body)


@pytest.mark.parametrize("kind", ["c", "b", "k"])
def test_a_customers_token_cannot_be_turned_into_another_kind(kind):
    signature = SIGNER.sign(ANNA).rsplit("-", 1)[1]
    assert SIGNER.read(f"{kind}sy-{signature}") is None
    customer = SIGNER.sign(Token(kind=TokenKind.CUSTOMER, ticket=1042))
    assert SIGNER.read("a" + customer[1:]) is None
    assert SIGNER.read(customer.replace("-", "-anna-1-0-", 1)) is None


def test_the_flag_of_a_tap_is_signed_and_makes_no_address_longer():
    tapped = SIGNER.sign(replace(ANNA, tap=True))
    assert len(tapped) == len(SIGNER.sign(ANNA))
    assert SIGNER.read("a" + tapped[1:]) is None
    assert SIGNER.read("t" + SIGNER.sign(ANNA)[1:]) is None
    with pytest.raises(ValueError, match="cannot carry"):
        SIGNER.sign(Token(kind=TokenKind.CUSTOMER, ticket=1, tap=True))


@given(st.text(max_size=300))
def test_any_text_is_read_and_nothing_is_found_in_it(text):
    assert SIGNER.read(text) is None


def test_a_word_of_a_message_id_is_no_signature():
    word = SIGNER.secret_word("c1")
    assert SIGNER.secret_word("c1") == word
    assert word != SIGNER.secret_word("c2")
    assert SIGNER.read(f"c1-{word}") is None
    assert SIGNER.read(f"id:c1-{word}") is None


def test_a_signature_holds_120_bits():
    seen = {SIGNER.sign(Token(kind=TokenKind.CUSTOMER, ticket=n)).rsplit("-", 1)[1] for n in range(500)}
    assert len(seen) == 500
    assert SIGNATURE_LENGTH * 5 >= 120
    assert all(len(s) == SIGNATURE_LENGTH and set(s) <= set("abcdefghijklmnopqrstuvwxyz234567") for s in seen)


def test_a_short_secret_is_refused():
    with pytest.raises(ValueError, match="16 bytes"):
        Signer(b"too short")


@pytest.mark.parametrize(
    "token",
    [
        Token(kind=TokenKind.CUSTOMER, ticket=-1),
        Token(kind=TokenKind.AGENT, ticket=1, agent="anna-b"),
        Token(kind=TokenKind.AGENT, ticket=1, agent="Anna"),
        Token(kind=TokenKind.AGENT, ticket=1),
        Token(kind=TokenKind.AGENT, ticket=1, agent="a" * 17),
        Token(kind=TokenKind.HELD, agent="anna"),
        Token(kind=TokenKind.HELD, agent="anna", ref="no/such"),
    ],
)
def test_what_could_not_be_read_again_is_not_signed(token):
    with pytest.raises(ValueError, match="token"):
        SIGNER.sign(token)


def test_a_mail_shows_its_tokens_where_it_was_sent_first():
    customer = Token(kind=TokenKind.CUSTOMER, ticket=7)
    bounce = Token(kind=TokenKind.BOUNCE, ticket=8)
    found = tokens_of(
        mail(
            to=(Address(address="support@desk.example"), Address(address=f"support+{SIGNER.sign(ANNA)}@desk.example")),
            cc=(Address(address=f"support+{OTHER.sign(customer)}@desk.example"),),
            headers=(("delivered-to", f"support+{SIGNER.sign(bounce)}@desk.example"),),
            in_reply_to=(f"{SIGNER.sign(customer)}.word@desk.example",),
            references=("x@shop.example", f"{SIGNER.sign(bounce)}.word@desk.example"),
        ),
        SIGNER,
    )
    assert found == (ANNA, bounce, customer, bounce)


def test_names_subjects_and_other_headers_are_no_place_for_a_token():
    text = SIGNER.sign(ANNA)
    sent = mail(
        to=(Address(name=text, address="support@desk.example"),),
        reply_to=(Address(address=f"support+{text}@desk.example"),),
        headers=(("x-mailbot-token", text), ("from", text)),
        text=text,
    )
    assert tokens_of(sent, SIGNER) == ()


def test_long_headers_are_read_at_once():
    chance = random.Random(7)
    alphabet = "ack19-z"
    for text in ("a-" * 50_000, "c1-" * 30_000, "".join(chance.choice(alphabet) for _ in range(100_000))):
        assert SIGNER.read(text) is None
