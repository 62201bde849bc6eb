"""Why nothing is promised to somebody who waits for no word of ours: what a ticket's `mute` says of them."""

from __future__ import annotations

from mailbot.core.reasons import why

THANKED = str(why("mute.thanked"))  # they were answered and said thanks, and the time they were told has come
WRITTEN_TO = str(why("mute.written_to"))  # an agent wrote to them from their own mail client
ANSWERED = (THANKED, WRITTEN_TO)
"""A word of theirs or of ours through the desk ends these; until then the desk writes to them of nothing by itself."""
