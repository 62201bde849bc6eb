"""Reads Authentication-Results (RFC 8601) as they came: what our own mail server found out about a sender."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailbot.core.model.addresses import domain_key
from mailbot.core.model.mail import Mail
from mailbot.core.model.sender_proof import SenderProof

MICROSOFT_365 = "microsoft365"  # the authserv_id to configure for it: its headers carry none
_HEADERS = 50
_LENGTH = 20_000  # characters of a header that are read; a longer one holds no result
_COMMENTS = 20  # nested comments
_LIFTED = "none"  # the domain owner's policy that asks for nothing (RFC 9989: p=none)
_WISH = re.compile(r"\s*p\s*=\s*(none|quarantine|reject)(?![a-z0-9-])")
_DONE = re.compile(
    r"(?<![a-z0-9])dis\s?=\s?(?:quarantine|reject)(?![a-z0-9-])"
)  # what our server did, for a subdomain (sp=)
_WISH_BEHIND_FROM = "policy="  # rspamd: dmarc=fail reason="…" header.from=shop.example (policy=none)
# A result in a place where none may be: inside a comment or a quoted string that somebody else's words opened.
_HIDDEN_FAILURE = re.compile(r";[ \t]{0,40}dmarc(?:/1)?[ \t]{0,9}=[ \t]{0,9}fail(?![a-z0-9-])")


class _NotTheGrammar(Exception):
    """A comment or a quoted string without an end, or one that no server writes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Piece:
    """A word, a quoted string or a comment; `glued`: directly after the piece before it."""

    kind: str
    text: str
    glued: bool


@dataclass(kw_only=True, slots=True)
class _Result:
    """One method's result, lower case. `sound`: all that follows it keeps to the grammar, so that it can pass.

    `comment` is the one directly after the result, `policy` the one after its last `header.from`.
    """

    method: str
    result: str
    comment: str = ""
    policy: str = ""
    sound: bool = True
    properties: dict[str, str] = field(default_factory=dict)

    def domain_of(self, *names: str) -> str:
        """The domain in the first of these properties that is present; empty if none is."""
        value = next((self.properties[name] for name in names if name in self.properties), "")
        return domain_key(value.rpartition("@")[2].strip("<>."))


def standing_of(mail: Mail, authserv_id: str, domain: str) -> SenderProof:
    """What that server says of a mail whose From is of `domain`. Only its topmost header counts (RFC 8601 section 5).

    Proven is what passed DMARC, or DKIM or SPF for a domain that is aligned (RFC 9989): the domain itself or a parent
    of it, never a subdomain, which others may hold. A DMARC failure outweighs them. The owner's p=none, or a chain of
    seals that our server accepted (`arc=pass`, RFC 8617), softens it to not proven (`LIFTED`), never to proven.
    """
    domain = domain_key(domain).rstrip(".")
    value = said_by(mail, authserv_id)
    if value is None:
        return SenderProof.UNPROVEN
    try:
        results, doubtful = _results(value, authserv_id)
    except _NotTheGrammar:
        # Somebody else's words may have opened what does not end: nothing passes, and no failure is hidden by it.
        return SenderProof.FORGED if _HIDDEN_FAILURE.search(value) else SenderProof.UNPROVEN
    if any(map(_hides_failure, doubtful)):
        return SenderProof.FORGED
    failed = [each for each in results if each.method == "dmarc" and each.result == "fail"]
    if failed:
        lifted = any(each.method == "arc" and each.result == "pass" and each.sound for each in results)
        return SenderProof.LIFTED if lifted or all(map(_asks_nothing, failed)) else SenderProof.FORGED
    if doubtful or not domain:
        return SenderProof.UNPROVEN
    return SenderProof.PROVEN if any(_vouches(each, domain) for each in results) else SenderProof.UNPROVEN


def passes(mail: Mail, authserv_id: str, domain: str) -> bool:
    """Whether that server proves that the mail comes from `domain`."""
    return standing_of(mail, authserv_id, domain) is SenderProof.PROVEN


def fails_dmarc(mail: Mail, authserv_id: str) -> bool:
    """Whether DMARC failed there, and neither the domain's owner nor the server itself softens that."""
    return standing_of(mail, authserv_id, "") is SenderProof.FORGED


def _vouches(each: _Result, domain: str) -> bool:
    if each.result != "pass" or not each.sound:
        return False
    if each.method == "dmarc":
        return each.domain_of("header.from") in ("", domain)
    if each.method == "dkim":
        return _aligned(each.domain_of("header.d", "header.i"), domain)
    return each.method == "spf" and _aligned(each.domain_of("smtp.mailfrom", "smtp.mail", "smtp.from"), domain)


def _asks_nothing(failure: _Result) -> bool:
    """Whether the domain's owner wants nothing done about a failure; an unreadable one counts as a wish to reject."""
    for name in ("policy.dmarc", "policy.published-domain-policy", "action"):
        if name in failure.properties:
            return failure.sound and failure.properties[name] == _LIFTED
    if failure.policy.startswith(_WISH_BEHIND_FROM) and not failure.comment:
        return failure.sound and failure.policy.removeprefix(_WISH_BEHIND_FROM) == _LIFTED
    found = _WISH.match(failure.comment)
    if found is None or any(sign in failure.comment for sign in ('"', "(", ")", "\\", "=?")):
        return False
    return found[1] == _LIFTED and _DONE.search(failure.comment) is None


def _hides_failure(text: str) -> bool:
    return _HIDDEN_FAILURE.search(text) is not None


def _aligned(signed: str, domain: str) -> bool:
    return bool(signed) and (signed == domain or ("." in signed and domain.endswith("." + signed)))


def said_by(mail: Mail, authserv_id: str) -> str | None:
    """The topmost value that this server wrote, in lower case; None if there is none."""
    wanted = authserv_id.strip().lower()
    for raw in mail.authentication[:_HEADERS]:
        value = raw.lower()
        head, _, _ = value.partition(";")
        if wanted == MICROSOFT_365:
            # Microsoft 365 writes no authserv-id. It adds its header on top, so only the very first one can be its own.
            return value if "=" in head else None
        try:
            first = next((piece for piece in _pieces(head) if piece.kind != "comment"), None)
        except _NotTheGrammar:
            continue
        if first is not None and "=" not in head and first.text == wanted:
            return value
    return None


def results_by(mail: Mail, authserv_id: str) -> dict[str, str] | None:
    """What the server found by each method, for people to read; None if it wrote nothing that can be read."""
    value = said_by(mail, authserv_id)
    if value is None:
        return None
    try:
        results, _ = _results(value, authserv_id)
    except _NotTheGrammar:
        return None
    return {each.method: each.result for each in reversed(results)}


def server_of(mail: Mail) -> str | None:
    """The authserv-id of the topmost header; None if none can be read."""
    for value in mail.authentication[:1]:
        head, _, _ = value.lower().partition(";")
        if "=" in head:
            return MICROSOFT_365
        try:
            return next((piece.text for piece in _pieces(head[: _HEADERS * 10]) if piece.kind != "comment"), None)
        except _NotTheGrammar:
            return None
    return None


def _results(value: str, authserv_id: str) -> tuple[list[_Result], list[str]]:
    """The results of a value, and the comments and quoted strings from which somebody else's words may have broken out.

    RFC 8601 section 2.2, with what servers leave out (Microsoft 365: the authserv-id, and the type of a property).
    """
    if len(value) > _LENGTH:
        raise _NotTheGrammar
    infos: list[list[_Piece]] = [[]]
    doubtful: list[str] = []
    for piece in _pieces(value):
        if piece.kind == "end":
            infos.append([])
            continue
        infos[-1].append(piece)
        cut = piece.kind == "comment" and _quotes(piece.text) % 2  # a quoted local part that closes the comment
        if cut or (piece.kind != "word" and _hides_failure(piece.text)):
            doubtful.append(piece.text)
    first = 0 if authserv_id.strip().lower() == MICROSOFT_365 else 1  # the authserv-id comes before the first result
    return [result for info in infos[first:] if (result := _result(info)) is not None], doubtful


def _quotes(text: str) -> int:
    """How many quotation marks a comment has without a backslash (RFC 5322 section 3.2.1)."""
    count = here = 0
    while here < len(text):
        count += text[here] == '"'
        here += 2 if text[here] == "\\" else 1
    return count


def _result(info: list[_Piece]) -> _Result | None:
    """One result with its properties; None if a piece holds none ("none", or nothing at all)."""
    result: _Result | None = None
    for word, behind in _words(info):
        name, equals, value = word.partition("=")
        if result is None:
            method = name.partition("/")[0]
            if not equals or not method or not value:
                return None
            result = _Result(method=method, result=value, comment=behind)
        elif not equals or not name or result.properties.get(name, value) != value:
            result.sound = False  # what no server writes, or a property that says two things: not to be trusted
        else:
            result.properties[name] = value
            result.policy = behind if name == "header.from" else result.policy
    return result


def _words(info: list[_Piece]) -> Iterator[tuple[str, str]]:
    """Each `name=value`, without spaces around the sign, and the comment directly after it."""
    words: list[str] = []
    behind: list[str] = []
    for piece in info:
        if piece.kind == "comment":
            if words and not behind[-1]:
                behind[-1] = piece.text
        elif words and not behind[-1] and (piece.glued or piece.text.startswith("=") or words[-1].endswith("=")):
            words[-1] += piece.text
        else:
            words.append(piece.text)
            behind.append("")
    return zip(words, behind, strict=True)


def _pieces(value: str) -> Iterator[_Piece]:
    """Words, quoted strings (RFC 5322 section 3.2.4), comments (3.2.2) and the ends between results; linear.

    Raises _NotTheGrammar if a comment or a quoted string does not end.
    """
    at, before = 0, -1  # where the next piece may begin, and where the last one ended
    while at < len(value):
        sign = value[at]
        if sign.isspace():
            at += 1
            continue
        if sign == ";":
            kind, text, end = "end", sign, at + 1
        elif sign == '"':
            text, end = _quoted(value, at)
            kind = "quoted"
        elif sign == "(":
            text, end = _comment(value, at)
            kind = "comment"
        else:
            end = at
            while end < len(value) and value[end] not in '";()' and not value[end].isspace():
                end += 1
            end = max(end, at + 1)  # a closing sign that nothing opened is a piece by itself
            kind, text = "word", value[at:end]
        yield _Piece(kind=kind, text=text, glued=at == before)
        at = before = end


def _quoted(value: str, at: int) -> tuple[str, int]:
    out: list[str] = []
    here = at + 1
    while here < len(value):
        if value[here] == "\\":
            out.append(value[here + 1 : here + 2])
            here += 2
        elif value[here] == '"':
            return "".join(out), here + 1
        else:
            out.append(value[here])
            here += 1
    raise _NotTheGrammar


def _comment(value: str, at: int) -> tuple[str, int]:
    depth, here = 0, at
    while here < len(value):
        sign = value[here]
        depth += (sign == "(") - (sign == ")")
        if depth > _COMMENTS:
            break
        if not depth:
            return value[at + 1 : here], here + 1
        here += 2 if sign == "\\" else 1
    raise _NotTheGrammar
