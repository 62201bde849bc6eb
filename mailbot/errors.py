"""Everything that can go wrong in a way the desk knows: each error says whether trying again can help."""

from __future__ import annotations


class MailbotError(Exception):
    """The base of all errors of this package. `temporary`: the same call may succeed later."""

    temporary = False


class ConfigError(MailbotError):
    """The site cannot be run as it is configured; `problems` names every wrong key, rule or template at once."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class StoreDown(MailbotError):
    """The database cannot be reached or cannot write (connection lost, disk full, locked): nothing was changed.

    `kind`: `full` or `failing` if it is the disk, else "".
    """

    temporary = True

    def __init__(self, words: str, kind: str = "") -> None:
        self.kind = kind
        super().__init__(words)


class Conflict(MailbotError):
    """Somebody else changed a ticket since it was read: look again and decide again."""

    temporary = True


class ClaimLost(MailbotError):
    """The lease on a claimed row ran out and another worker has it: drop what was decided."""


class Duplicate(MailbotError):
    """A message with this content key is stored already: look again, the decision will be to log it only."""

    temporary = True


class MailboxDown(MailbotError):
    """The IMAP server cannot be reached or broke off: reconnect with back-off."""

    temporary = True


class MailboxRefused(MailbotError):
    """The IMAP server refuses the login or the folder: an admin must act; tried again slowly.

    `reason`: why, where that is known so well that it has words in each language (a `Reason` of the core).
    """

    temporary = True

    def __init__(self, words: str, reason: object = None) -> None:
        self.reason = reason
        super().__init__(words)


class TemplateError(MailbotError):
    """A letter cannot be written from its template; the message says file, line and reason."""


class NoAddress(TemplateError):
    """A letter's recipient is not an address that any server could deliver to; waiting will not help."""


class SignInDown(MailbotError):
    """A token endpoint cannot be reached or is busy: the same login may work in a moment."""

    temporary = True


class SignInRefused(MailbotError):
    """A token endpoint gives no token: an admin must act; tried again slowly. `reason` as of `MailboxRefused`."""

    temporary = True

    def __init__(self, words: str, reason: object = None) -> None:
        self.reason = reason
        super().__init__(words)
