"""[office]: who is told of which office matter, instead of everybody in the inbox's group."""

from __future__ import annotations

from mailbot.config import values as v
from mailbot.config.section import Section


class OfficeConfig(Section):
    """[office]: for each matter agents, groups, or addresses of people who are no agents and read only the first mail."""

    bereavement: v.Words = ()
    complaint: v.Words = ()
    legal: v.Words = ()
    personal_data: v.Words = ()
    cancellation: v.Words = ()
    press: v.Words = ()
    address_change: v.Words = ()
    wrong_recipient: v.Words = ()
    invoice_received: v.Words = ()
    application: v.Words = ()
    offer: v.Words = ()
    pitch: v.Words = ()

    @property
    def named(self) -> dict[str, tuple[str, ...]]:
        """Those for whom somebody is named, by the name of the matter."""
        return {matter: getattr(self, matter) for matter in type(self).model_fields if getattr(self, matter)}
