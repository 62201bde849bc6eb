"""Tells somebody else's mail, which a customer pasted or passed on, from the quote of a letter that they answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from mailbot.core.intake.quotes.headers import header_block
from mailbot.core.intake.quotes.lines import EMAIL, LINE_CAP, clean, divider, fold, unquoted
from mailbot.core.model.addresses import address_key
from mailbot.core.model.mail import Mail

_YOU: Final = re.compile(r"^(?:you|du|ihr|sie|vous|tu|usted|voi|lei|jij|u|vy|ty|вы|ты)\b")
_SIGNS: Final = "\ufdd0\ufdd1"  # of `html`, where the structure says that a quote begins
_LINES: Final = 24  # of what is above a quote


@dataclass(frozen=True, kw_only=True, slots=True)
class Foreign:
    """Whose a quote can be: the addresses, domains and names of everybody in the conversation.

    `first`: the mail answers nothing, so that lines with a quote mark are the writer's own, too.
    """

    addresses: frozenset[str]
    domains: frozenset[str]
    names: frozenset[str]
    first: bool

    def wrote(self, lines: Sequence[str], start: int, stop: int) -> bool:
        """Whether these lines, which introduce another mail, name somebody outside the conversation as its writer.

        An address decides it: one that the mail is not addressed to and that is not the desk's. Without one, a name
        decides that nobody in the conversation has ("the carrier wrote:", pasted settings). A divider alone counts in a
        first mail only. Pure; looks at 24 lines.
        """
        said = [unquoted(line)[:LINE_CAP].lstrip(_SIGNS) for line in lines[start : start + _LINES]]
        at = next((at for at in range(min(4, len(said))) if header_block(said, at) is not None), None)
        block = header_block(said, at) if at is not None and (stop - start <= 1 or start + at < stop) else None
        if block is None:
            said = said[
                : max(
                    stop - start,
                    1 + next((n for n in range(3) if said[n : n + 1] and said[n].rstrip().endswith(":")), 0),
                )
            ]
            words = " ".join(map(clean, said)).strip()
            if not words or divider(words) is not None:
                return self.first and bool(words)
        elif "from" not in block.fields:  # no client leaves that out
            told = fold(" ".join(map(clean, said[: block.end])))
            return not any(name in told for name in (*self.names, *self.domains))
        else:
            words = block.fields["from"]
        found = [address_key(address) for address in EMAIL.findall(words[: 4 * LINE_CAP])]
        if found:
            return not any(self._known(address) for address in found)
        folded = fold(words)
        return not any(name in folded for name in self.names) and not _YOU.search(folded)

    def _known(self, address: str) -> bool:
        local, _, domain = address.rpartition("@")
        return domain in self.domains or f"{local.partition('+')[0]}@{domain}" in self.addresses


def foreign_to(mail: Mail, *, own: Iterable[str], names: Iterable[str], first: bool) -> Foreign:
    """For a customer's mail; `own` are the addresses of the desk and its agents, `names` what they are called."""
    ours = set(map(address_key, own))
    there = [*mail.to, *mail.cc, *mail.reply_to] + ([] if first else list(mail.from_))
    called = [each.name or "" for each in there]
    plain = {f"{each.key.rpartition('@')[0].partition('+')[0]}@{each.domain}" for each in there}
    return Foreign(
        addresses=frozenset(ours | plain),
        domains=frozenset(address.rpartition("@")[2] for address in ours),
        names=frozenset(folded for name in (*names, *called) if len(folded := fold(name)) > 2),
        first=first,
    )
