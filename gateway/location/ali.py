"""The carrier's X-ALI header: `lat=31.2304;lon=121.4737;r=50;cell=460-00-1234-5678`. Its datum is
configuration.
"""

from __future__ import annotations

from datetime import datetime

from gateway.location.model import Datum, Location, LocationRefusal, LocationSource
from gateway.location.pidf import MAX_UNCERTAINTY_M, location_id

MAX_CELL_CHARS = 64


def parse(text: str, *, datum: Datum, obtained_at: datetime) -> Location | LocationRefusal:
    """A fix, or why there is none. `r` is the radius in metres, `cell` the cell as MCC-MNC-LAC-CI; others
    are ignored.
    """
    values: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if equals:
            values.setdefault(name.strip().lower(), value.strip())
    try:
        latitude, longitude = float(values["lat"]), float(values["lon"])
        radius = float(values["r"]) if "r" in values else None
        if radius is not None and not 0 <= radius <= MAX_UNCERTAINTY_M:
            raise ValueError(f"a radius of {radius:g} m")
        return Location(
            location_id=location_id(LocationSource.ALI, text),
            source=LocationSource.ALI,
            obtained_at=obtained_at,
            latitude=latitude,
            longitude=longitude,
            datum=datum,
            uncertainty_m=radius,
            method="Cell" if "cell" in values else None,
            provided_by=values.get("cell", "")[:MAX_CELL_CHARS] or None,
            raw=text,
        )
    except KeyError as error:
        return LocationRefusal(source=LocationSource.ALI, reason=f"no {error.args[0]} in it")
    except ValueError as error:
        return LocationRefusal(source=LocationSource.ALI, reason=str(error)[:200])
