"""[hours] of `config.toml`: when the desk is staffed, and on which days it is not."""

from __future__ import annotations

from datetime import time

from pydantic import ValidationInfo, field_validator, model_validator

from mailbot.config import values as v
from mailbot.config.section import Section

_OFFICE: v.Spans = ((time(9), time(17)),)


class Holidays(Section):
    """hours.holidays: public holidays of a country or one of its regions, and days of one's own."""

    country: v.OptionalText = None
    region: v.OptionalText = None
    extra: v.Days = ()

    @field_validator("country")
    @classmethod
    def _known_country(cls, value: str | None) -> str | None:
        import holidays

        if value is not None and value not in (known := sorted(holidays.list_supported_countries())):
            raise ValueError(
                f'"{value}" is not a country that the holidays package knows, such as DE or US{v.meant(value, known)}'
            )
        return value

    @field_validator("region")
    @classmethod
    def _known_region(cls, value: str | None, info: ValidationInfo) -> str | None:
        import holidays

        country = info.data.get("country")
        if value is None or "country" not in info.data:
            return value
        if country is None:
            raise ValueError("needs a country as well")
        known = holidays.list_supported_countries()[country]
        if value not in known:
            raise ValueError(f'"{value}" is not a region of {country}: {", ".join(known) or "it has none"}')
        return value


class HoursConfig(Section):
    """[hours]: when the desk is staffed; `timezone` None is the desk's."""

    timezone: v.OptionalZone = None
    mon: v.Day = _OFFICE
    tue: v.Day = _OFFICE
    wed: v.Day = _OFFICE
    thu: v.Day = _OFFICE
    fri: v.Day = _OFFICE
    sat: v.Day = ()
    sun: v.Day = ()
    holidays: Holidays = Holidays()

    @property
    def spans(self) -> dict[int, v.Spans]:
        """The open spans per weekday, 0 is Monday; closed days are left out."""
        days = (self.mon, self.tue, self.wed, self.thu, self.fri, self.sat, self.sun)
        return {number: spans for number, spans in enumerate(days) if spans}

    @model_validator(mode="after")
    def _open_at_all(self) -> HoursConfig:
        if not self.spans:
            raise ValueError('has no open day; for a desk that never sleeps set clock = "24x7" in each [priority.N]')
        return self
