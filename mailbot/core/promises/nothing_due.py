"""Why nothing is promised to somebody who waits for no word of ours: what a ticket's `mute` says of them."""

from __future__ import annotations

from mailbot.core.model.reason import why

MARKED = str(why("mute.marked"))  # our mail server marked their first mail as spam
NOWHERE = str(why("mute.nowhere"))  # no mail can be sent to the address that it came from
THANKED = str(why("mute.thanked"))  # they were answered and said thanks, and the time they were told has come
UNTIL_REPLY = str(why("mute.until_reply"))  # nothing confirms the address, and it had its letters of the week
UNCONFIRMED = str(why("mute.unconfirmed"))  # forwarded from an agent's address, and no server vouches for that
WHOSE = str(why("mute.whose"))  # forwarded, and it does not say whose it is
WRITTEN_TO = str(why("mute.written_to"))  # an agent wrote to them from their own mail client
ASKED = (UNCONFIRMED, WHOSE, NOWHERE)
"""Nobody vouches for what would be answered, or says to whom: an agent is asked first."""

ANSWERED = (THANKED, WRITTEN_TO)
"""A word of theirs or of ours through the desk ends these; until then the desk writes to them of nothing by itself."""

RELEASED = ("limit:", "robot:", "person:", "hold:", *ANSWERED, UNCONFIRMED, MARKED, UNTIL_REPLY)
"""How reasons for silence begin that an agent's word ends; a list or a bounce stays one."""
