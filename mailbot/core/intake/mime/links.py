"""Unwraps the links that mail gateways rewrote."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

_LENGTH: Final = 20_000  # characters of one address that are looked at
_LAYERS: Final = 5  # nested wrappers: forwarded mails pass several gateways
#: An address within text: up to a blank, a quote or an angle bracket.
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"'`\u200b\xa0]{1,20000}", re.IGNORECASE)
_SPELLED: Final = re.compile(r"(?<=\S) <(?:https?|ftp)://[^\s<>]{1,2000}>", re.IGNORECASE)
_URLDEFENSE: Final = re.compile(r"(?:[a-z0-9-]{1,40}\.)?urldefense(?:\.proofpoint)?\.(?:com|us)", re.IGNORECASE)
_V3_PACKED: Final = re.compile(r"([A-Za-z0-9_=-]*)!")
_V3_TOKEN: Final = re.compile(r"\*(\*.)?", re.DOTALL)
#: In the third form of urldefense a run of replaced bytes is a mark and one letter for its length, from two on.
_V3_RUNS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
#: Gateways that carry the address itself in one of their parameters: host (or its ending), path, and the parameters.
_WRAPPERS: Final = (
    (".safelinks.protection.outlook.com", "", ("url",)),
    (".safelinks.protection.office365.us", "", ("url",)),
    (".safelinks.protection.partner.outlook.cn", "", ("url",)),
    ("linkprotect.cudasvc.com", "/url", ("a",)),
    ("www.google.com", "/url", ("q", "url")),
    ("google.com", "/url", ("q", "url")),
    ("l.facebook.com", "/l.php", ("u",)),
    ("deref-gmx.net", "/mail/client/", ("redirecturl",)),
    ("deref-gmx.com", "/mail/client/", ("redirecturl",)),
    ("deref-web.de", "/mail/client/", ("redirecturl",)),
    ("deref-mail.com", "/mail/client/", ("redirecturl",)),
    ("deref-1und1.de", "/mail/client/", ("redirecturl",)),
    ("deref-web-02.de", "/mail/client/", ("redirecturl",)),
    ("secure-web.cisco.com", "", ()),  # the address is the end of the path
    (".trendmicro.com", "/wis/clicktime/", ("url",)),
    (".avanan.click", "", ()),
    (".url-protection.com", "", ("u",)),
    ("urlsand.esvalabs.com", "", ("u",)),
    ("clicktime.symantec.com", "", ("u",)),
    ("link.edgepilot.com", "/s/", ("u",)),
    ("protect-links.mimecast.com", "", ("domain",)),
)


def unwrapped(address: str) -> str:
    """The address that a link leads to, without the wrappers of Safelinks, urldefense and the like; else unchanged.

    Pure and linear; what does not turn out to be http, https or mailto stays wrapped.
    """
    for _ in range(_LAYERS):
        inner = _inner(address[:_LENGTH])
        if inner is None or inner == address:
            break
        address = inner
    return address


def unwrapped_text(text: str) -> str:
    """The text with each address in it unwrapped; all else stays as it is."""
    if "://" not in text:
        return text
    return _ADDRESS.sub(lambda found: unwrapped(found.group()), text)


def without_spelled(text: str) -> str:
    """The text without the addresses that were added after the words of its links when it was read."""
    return _SPELLED.sub("", text) if " <" in text else text


def _inner(address: str) -> str | None:
    try:
        parts = urlsplit(address.replace("&amp;", "&"))
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    if not host or parts.scheme.lower() not in ("http", "https"):
        return None
    if _URLDEFENSE.fullmatch(host):
        return _web(_defended(address, parts.path, parts.query))
    for name, path, keys in _WRAPPERS:
        if not (host.endswith(name) if name.startswith(".") else host == name):
            continue
        if path and not parts.path.lower().startswith(path):
            continue
        if not keys:
            return _web(_at_the_end(parts.path, parts.query))
        given = {key.lower(): value for key, value in parse_qsl(parts.query, max_num_fields=50)}
        return next((inner for key in keys if (inner := _web(given.get(key)))), None)
    return None


def _web(inner: str | None) -> str | None:
    """The unwrapped address, if a person may follow it."""
    inner = (inner or "").strip()
    if inner.lower().startswith(("http%3a", "https%3a")):
        inner = unquote(inner)
    fit = inner.lower().startswith(("http://", "https://", "mailto:")) and not re.search(r"[\s<>\"\x00-\x1f]", inner)
    return inner if fit else None


def _at_the_end(path: str, query: str) -> str | None:
    """An address that a gateway appends to its own path, plain or percent-encoded."""
    for sign in ("https://", "http://", "https:/", "http:/", "https%3a", "http%3a"):
        at = path.lower().rfind(sign)
        if at >= 0:
            inner = path[at:] + (f"?{query}" if query else "")
            inner = inner.partition("___")[0]  # one of them appends its own signs
            return unquote(inner) if "%3" in sign else re.sub(r"^(https?):/(?!/)", r"\1://", inner, flags=re.IGNORECASE)
    return None


def _defended(address: str, path: str, query: str) -> str | None:
    """Proofpoint's three ways to write an address, decoded as its own decoder does."""
    if path.startswith("/v3/"):
        return _third(address)
    given = {key.lower(): value for key, value in parse_qsl(query, max_num_fields=50)}
    inner = given.get("u")
    if inner is None:
        return None
    if path.startswith("/v2/"):
        return unquote(inner.replace("-", "%").replace("_", "/"))
    return inner if path.startswith("/v1/") else None


def _third(address: str) -> str | None:
    _, _, rest = address.partition("/v3/__")
    inner, _, rest = rest.partition("__;")
    found = _V3_PACKED.match(rest)
    if found is None:
        return None
    packed = found.group(1)
    try:
        replaced = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode("utf-8")
    except (binascii.Error, ValueError):
        return None
    at = 0

    def put_back(mark: re.Match[str]) -> str:
        nonlocal at
        run = mark.group(1)
        count = 1 if run is None else _V3_RUNS.find(run[1]) + 2
        if count < 1:
            return mark.group()
        out, at = replaced[at : at + count], at + count
        return out

    inner = _V3_TOKEN.sub(put_back, inner)
    return re.sub(r"^(https?):/(?!/)", r"\1://", inner, flags=re.IGNORECASE)
