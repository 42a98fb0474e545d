"""Invented events of where a caller is, for the written contract and its tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from gateway.calls import events as call
from gateway.calls.locating import QueryState
from gateway.location.conflicts import Conflict, ConflictKind
from gateway.location.model import Additional, Datum, Element, Extent, Location, LocationSource, Shape
from gateway.location.select import Reason

_AT = datetime(2026, 1, 5, 8, 0, 12, 345000, tzinfo=UTC)
LOCATION = Location(
    location_id="loc-1",
    source=LocationSource.PIDF,
    obtained_at=_AT,
    latitude=39.9042,
    longitude=116.4074,
    datum=Datum.WGS_84,
    uncertainty_m=50.0,
    method="Cell",
    provided_by="carrier.example",
    extent=Extent(shape=Shape.CIRCLE, outer_m=50.0),
    element=Element.DEVICE,
)
_CONFLICT = Conflict(
    kind=ConflictKind.SPOKEN, one="loc-1", other="speech-1", distance_m=3120.0, apart_m=2870.0
)
PLACE_EVENTS: tuple[Any, ...] = (
    call.LocationResponse(
        occurred_at=_AT,
        location=LOCATION,
        leading="AML-1",
        reason="just measured by the phone itself",
        reason_code=Reason.FRESH_DEVICE_FIX,
        reason_zh="手机刚刚自测的位置",
        age_ms=1500,
        conflicts=(_CONFLICT,),
        query_id="q-1",
    ),
    call.LocationQuery(occurred_at=_AT, query_id="q-1", name="carrier", source=LocationSource.HELD, round=1),
    call.AliLocationQuery(
        occurred_at=_AT,
        query_id="q-2",
        name="subscribers",
        source=LocationSource.ALI,
        round=2,
        by="zhang.san",
    ),
    call.AliLocationResponse(
        occurred_at=_AT,
        query_id="q-2",
        name="subscribers",
        source=LocationSource.ALI,
        outcome=QueryState.FAILED,
        fault="no answer within 2 s: is the provider's server up?",
        took_ms=2000,
    ),
    call.AdditionalDataResponse(
        occurred_at=_AT,
        source=LocationSource.HELD,
        blocks=(Additional(block="SubscriberInfo", fields=(("FN", "某某小区物业"),)),),
        provided_by="carrier.example",
    ),
    call.LocationFault(occurred_at=_AT, source="ALI", reason="no datum"),
    call.LocationFlag(
        occurred_at=_AT,
        code="conflict_spoken",
        zh=_CONFLICT.zh,
        en=_CONFLICT.en,
        locations=("loc-1", "speech-1"),
        distance_m=3120.0,
    ),
    call.LocationWithdrawal(
        occurred_at=_AT,
        location_id="person-1",
        source=LocationSource.PERSON,
        by="zhang.san",
        leading="loc-1",
        reason_code=Reason.ONLY_ONE,
        reason="the only one",
        reason_zh="仅此一个位置",
    ),
    call.LocationDescription(
        occurred_at=_AT,
        location_id="loc-1",
        standard_address="某市某区某路8号",
        district="某区",
        district_code="990102",
        jurisdiction="某路派出所",
        junctions=("某路与某街路口",),
    ),
)
