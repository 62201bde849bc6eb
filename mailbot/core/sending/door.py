"""The door: checks once more what is about to leave for somebody outside, and stops whatever must stay inside.

What is refused here should have been refused, with a draft, before it was queued (`actions.agent_mail`): this is the
second line of defence.
"""

from __future__ import annotations

from collections.abc import Sequence

from mailbot.core.intake.tokens import Signer
from mailbot.core.model.outgoing import Outgoing, OutgoingKind
from mailbot.core.model.reason import Reason, why
from mailbot.core.sending.files import File
from mailbot.core.sending.internal_addresses import file_holds_notice, file_holds_signed, holds_signed
from mailbot.core.sending.notice_lines import holds_notice
from mailbot.core.verbs.lines import is_blank, is_verb_below, read_line
from mailbot.errors import TemplateError


class Unfit(TemplateError):
    """A mail that must not leave as it is; trying again cannot help. `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(str(reason))


def check_at_the_door(outgoing: Outgoing, texts: Sequence[str], files: Sequence[File], signer: Signer) -> None:
    """Raise Unfit if a letter or a relay holds what must stay inside, or a relay has nothing of its agent's.

    `texts` is all that its recipient can read in it: subject, text, HTML. Notices are for our own people and not
    checked.
    """
    if outgoing.kind is OutgoingKind.NOTICE:
        return
    words = str(outgoing.fields.get("words") or "")
    if outgoing.kind is OutgoingKind.RELAY and not files and all(map(is_blank, words.split("\n"))):
        raise Unfit(why("door.empty"))
    obeyed = frozenset(map(str, outgoing.fields.get("obeyed") or ()))
    if obeyed:
        for line in words.split("\n"):
            if is_verb_below(line) and (name := read_line(line).name) in obeyed:
                raise Unfit(why("door.verb-line", verb=name))
    if any(holds_signed(text, signer) for text in texts):
        raise Unfit(why("door.signed-address"))
    if holds_notice(words):
        raise Unfit(why("door.notice"))
    for file in files:
        if file_holds_signed(file.name, file.type, file.data, signer):
            raise Unfit(why("door.signed-file", name=file.name))
        if outgoing.kind is OutgoingKind.RELAY and file_holds_notice(file.name, file.type, file.data):
            raise Unfit(why("door.inside-file", name=file.name))
