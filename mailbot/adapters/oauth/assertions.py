"""Signed statements in place of a secret (RFC 7523): of an app with a certificate, of a Google service account."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from mailbot.errors import ConfigError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_SKEW = timedelta(minutes=1)  # that our clock may be ahead of theirs
_LASTS = timedelta(minutes=9)


class Certificate(NamedTuple):
    """What a PEM file holds: the key, the fingerprint that the app registration knows it by, and when it expires."""

    key: RSAPrivateKey
    fingerprint: str
    expires: datetime


class ServiceAccount(NamedTuple):
    """What Google's JSON file of a service account holds."""

    key: RSAPrivateKey
    key_id: str
    email: str
    client_id: str


def certificate_in(path: Path) -> Certificate:
    """Raises ConfigError, without showing anything of the file."""
    key = f"certificate_file: {path}"
    data = _read(path, key)
    x509 = _cryptography("m365", key)
    try:
        certificate = x509.load_pem_x509_certificate(data)
    except ValueError:
        raise ConfigError(
            [f"{key}: holds no certificate; it needs both, the certificate and its private key"]
        ) from None
    fingerprint = _base64(hashlib.sha256(certificate.public_bytes(_pem().Encoding.DER)).digest())
    found = _key(data, f"{key}: holds no private key without a passphrase; it needs both, the certificate and its key")
    if certificate.public_key() != found.public_key():
        raise ConfigError([f"{key}: its key is not that of its certificate"])
    return Certificate(found, fingerprint, certificate.not_valid_after_utc)


def service_account_in(path: Path) -> ServiceAccount:
    """The same."""
    key = f"service_account_file: {path}"
    try:
        told = json.loads(_read(path, key))
        pem, email = told["private_key"].encode(), str(told["client_email"])
        names = str(told.get("private_key_id", "")), email, str(told.get("client_id", ""))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise ConfigError([f"{key}: is not the JSON file of a service account's key"]) from None
    _cryptography("google", key)
    return ServiceAccount(_key(pem, f"{key}: its private_key cannot be read"), *names)


def of_app(certificate: Certificate, client_id: str, audience: str, now: datetime) -> str:
    """What stands in for the secret of an app (Microsoft, "application authentication certificate credentials")."""
    head = {"alg": "PS256", "typ": "JWT", "x5t#S256": certificate.fingerprint}
    claims = {"iss": client_id, "sub": client_id, "jti": secrets.token_hex(16), "nbf": _stamp(now - _SKEW)}
    return _signed(certificate.key, head, {**claims, **_times(now), "aud": audience}, pss=True)


def of_service_account(account: ServiceAccount, mailbox: str, scope: str, audience: str, now: datetime) -> str:
    """With delegation for the whole domain: the account asks in the name of `mailbox`."""
    head = {"alg": "RS256", "typ": "JWT", "kid": account.key_id}
    claims = {"iss": account.email, "sub": mailbox, "scope": scope, **_times(now), "aud": audience}
    return _signed(account.key, head, claims, pss=False)


def _times(now: datetime) -> dict[str, int]:
    return {"iat": _stamp(now - _SKEW), "exp": _stamp(now + _LASTS)}


def _stamp(moment: datetime) -> int:
    return int(moment.astimezone(UTC).timestamp())


def _signed(key: RSAPrivateKey, head: Mapping[str, Any], claims: Mapping[str, Any], *, pss: bool) -> str:
    """RFC 7515: two JSON objects and their signature."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    text = f"{_base64(json.dumps(head).encode())}.{_base64(json.dumps(claims).encode())}"
    digest = hashes.SHA256()
    pad = padding.PSS(padding.MGF1(digest), digest.digest_size) if pss else padding.PKCS1v15()
    return f"{text}.{_base64(key.sign(text.encode(), pad, digest))}"


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _read(path: Path, key: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError([f"{key}: {error.strerror}"]) from None


def _key(pem: bytes, complaint: str) -> RSAPrivateKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    try:
        found = _pem().load_pem_private_key(pem, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ConfigError([complaint]) from None
    if not isinstance(found, RSAPrivateKey):
        raise ConfigError([f"{complaint.partition(': ')[0]}: its key must be an RSA key"])
    return found


def _pem() -> Any:
    from cryptography.hazmat.primitives import serialization

    return serialization


def _cryptography(extra: str, key: str) -> Any:
    try:
        from cryptography import x509
    except ImportError:
        raise ConfigError([f"{key}: needs the package cryptography: pip install 'mailbot-desk[{extra}]'"]) from None
    return x509
