"""What the refusal of a token endpoint means for an admin (RFC 6749 section 5.2, and Microsoft's AADSTS codes)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mailbot.core.model.reason import Reason, why

_SHOWN = 300
_AADSTS = re.compile(r"AADSTS(\d{5,8})")
_PASSING = frozenset({"temporarily_unavailable", "server_error", "slow_down"})  # RFC 6749 section 4.1.2.1, RFC 8628 3.5
_SUSPICIOUS = re.compile(r"[A-Za-z0-9_~.+/=-]{60,}")  # longer than a word or an id: perhaps a token or a secret


def passing(status: int, answer: Mapping[str, object]) -> bool:
    """Whether the same question may be answered in a moment: it is busy, or in trouble itself."""
    return status >= 500 or status in {408, 429} or code_in(answer) in _PASSING


def code_in(answer: Mapping[str, object]) -> str:
    """The code of an error; "" if there is none, or something else: Google answers with an object at times."""
    error = answer.get("error")
    return error if isinstance(error, str) else ""


def refusal(status: int, answer: Mapping[str, object], *, host: str, secrets: tuple[str, ...] = ()) -> Reason:
    """Why no token was given, and what to do. `secrets` are never repeated."""
    error = answer.get("error")
    description = error.get("message") if isinstance(error, Mapping) else answer.get("error_description")
    code = code_in(answer)
    said = _said(status, code, description, secrets)
    found = _AADSTS.search(said)
    match found[1] if found else "":
        case "7000222":
            return why("oauth.secret-expired")
        case "7000215" | "7000216" | "7000218":
            return why("oauth.secret-wrong")
        case "700016" | "700038":
            return why("oauth.app-unknown")
        case "90002" | "900023" | "900021":
            return why("oauth.tenant-unknown")
        case "700027":
            return why("oauth.certificate-unknown", said=said)
        case "700024":
            return why("oauth.clock", said=said)
        case "65001" | "70011" | "1002012" | "500011":
            return why("oauth.no-permission", said=said)
        case "700082" | "700084" | "50173" | "70043" | "70008" | "50076" | "50079" | "50132" | "50133":
            return why("oauth.sign-in-ended", said=said)
        case "7000112" | "7000114" | "53003" | "530032" | "50105" | "50057":
            return why("oauth.blocked", said=said)
        case _:
            return _by_error(code, said, host)


def _by_error(code: str, said: str, host: str) -> Reason:
    lower = said.casefold()
    if code == "invalid_grant" and ("short-lived token" in lower or "iat and exp" in lower):
        return why("oauth.clock", said=said)
    if code == "unauthorized_client" and "using this method" in lower:  # Google: no domain-wide delegation
        return why("oauth.no-delegation", said=said)
    match code:
        case "invalid_client":
            return why("oauth.secret-wrong")
        case "invalid_grant":
            return why("oauth.sign-in-ended", said=said)
        case "invalid_scope" | "unauthorized_client" | "consent_required" | "access_denied":
            return why("oauth.no-permission", said=said)
        case _:
            return why("oauth.refused", host=host, said=said)


def _said(status: int, code: str, description: object, secrets: tuple[str, ...]) -> str:
    """The endpoint's own words on one line, without what nobody should read."""
    text = description if isinstance(description, str) else ""
    text = " ".join(f"{code}: {text}".strip(": ").split()) or f"HTTP {status}"
    for secret in filter(None, secrets):
        text = text.replace(secret, "…")
    text = _SUSPICIOUS.sub("…", text).partition(" Trace ID:")[0]
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
