"""Read Authentication-Results (RFC 8601) as servers write it: what our own mail server found out about a sender."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailbot.core.mail import Mail

MICROSOFT_365 = "microsoft365"  # the authserv_id to configure for it: its headers carry none
_HEADERS = 50
_RESULT = re.compile(r"\A([a-z0-9-]+)(?:/\d+)?\s*=\s*([a-z]+)", re.IGNORECASE)
_PROPERTY = re.compile(r"(?<![^\s])([a-z]+\.[a-z0-9_-]+)\s*=\s*(?:\"([^\"]*)\"|([^\s;]+))", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class AuthResult:
    """One method's result, all lower case: `dkim`, `pass`, and its properties (`header.d` …)."""

    method: str
    result: str
    properties: tuple[tuple[str, str], ...] = ()

    def domain_of(self, *names: str) -> str:
        """The domain in the first of these properties that is there; empty where none is."""
        found = dict(reversed(self.properties))
        value = next((found[name] for name in names if name in found), "")
        return value.rpartition("@")[2].strip("<>.")


def passes(mail: Mail, authserv_id: str, domain: str) -> bool:
    """Whether that server says that the mail comes from `domain`: DMARC, or DKIM or SPF for an aligned domain.

    Only the topmost header of that server counts (RFC 8601 section 5). A DMARC failure outweighs the others.
    Aligned (RFC 7489 section 3.1) is the domain itself or a parent of it: never a subdomain, which others may hold.
    """
    domain = domain.casefold().rstrip(".")
    results = _results(mail, authserv_id)
    if not domain or any(each.method == "dmarc" and each.result == "fail" for each in results):
        return False
    for each in results:
        if each.result != "pass":
            continue
        if each.method == "dmarc" and each.domain_of("header.from") in ("", domain):
            return True
        if each.method == "dkim" and _aligned(each.domain_of("header.d", "header.i"), domain):
            return True
        if each.method == "spf" and _aligned(each.domain_of("smtp.mailfrom", "smtp.mail", "smtp.from"), domain):
            return True
    return False


def fails_dmarc(mail: Mail, authserv_id: str) -> bool:
    """Whether that server says that DMARC failed."""
    return any(each.method == "dmarc" and each.result == "fail" for each in _results(mail, authserv_id))


def _aligned(signed: str, domain: str) -> bool:
    return bool(signed) and (signed == domain or ("." in signed and domain.endswith("." + signed)))


def _results(mail: Mail, authserv_id: str) -> tuple[AuthResult, ...]:
    wanted = authserv_id.strip().casefold()
    for value in mail.header_all("authentication-results")[:_HEADERS]:
        parts = _without_comments(value).casefold().split(";")
        head = parts[0].split()
        if "=" in parts[0]:
            # Microsoft 365 writes no authserv-id. It adds its header on top, so only the topmost of all can be its.
            return _parsed(parts) if wanted == MICROSOFT_365 else ()
        if wanted == MICROSOFT_365:
            return ()
        if head and head[0].strip("\"'") == wanted:
            return _parsed(parts[1:])
    return ()


def _parsed(parts: list[str]) -> tuple[AuthResult, ...]:
    found = []
    for part in parts:
        text = part.strip()
        if method := _RESULT.match(text):
            properties = tuple(
                (each.group(1), each.group(2) or each.group(3) or "") for each in _PROPERTY.finditer(text)
            )
            found.append(AuthResult(method=method.group(1), result=method.group(2), properties=properties))
    return tuple(found)


def _without_comments(value: str) -> str:
    """The value without its comments (RFC 5322 section 3.2.2): a sender may have had words put into them."""
    out: list[str] = []
    depth = 0
    quoted = escaped = False
    for char in value:
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif char == '"' and not depth:
            quoted = not quoted
        elif char == "(" and not quoted:
            depth += 1
        elif char == ")" and depth:
            depth -= 1
            out.append(" ")
            continue
        if not depth:
            out.append(char)
    return "".join(out)
