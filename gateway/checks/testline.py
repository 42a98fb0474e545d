"""A source of callers' places asked for its own test line: whether it knows it, how soon, whether we can read
what it says, and whether that lies where the same answer's address lies.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gateway.checks.line import Line, fail, ok, warn
from gateway.clock import Clock
from gateway.desk.place import civic_text
from gateway.location.datum import convert
from gateway.location.fix import fixes
from gateway.location.geometry import distance_m
from gateway.location.locator import Asked, Locator
from gateway.location.model import BodyReading, Datum, Location, LocationRefusal
from gateway.location.places import Gazetteer

SLOW_S = 2.0
"""A call-taker has asked where the caller is by then."""
MIN_SCORE = 0.7
"""An address that the site's places know less surely proves nothing."""
OFF_M, FITS_M = 250.0, 120.0
"""GCJ-02 and WGS-84 lie some 300 to 700 m apart in China: so far off as tagged, and so near in another frame,
coordinates are in that other one."""


async def asked(
    name: str, locator: Locator, number: str, clock: Clock, places: Gazetteer | None
) -> list[Line]:
    """What the test line's answer proves. Raises LocatorFailed: no answer at all."""
    began = clock.monotonic()
    reading = await locator.locate(Asked(call_id="check", ani=number))
    took_s = clock.monotonic() - began
    now = clock.now()
    found = fixes(reading, source=locator.source, obtained_at=now, datum=locator.datum)
    faults = _faults(reading, found)
    lines = [_answer(name, reading, faults, found), *_slow(name, took_s)]
    if places is not None:
        lines += _where(name, [fix for fix in found if isinstance(fix, Location)], places)
    return lines


def _faults(reading: BodyReading, found: Sequence[Location | LocationRefusal]) -> list[str]:
    refused = [one.reason for one in found if isinstance(one, LocationRefusal)]
    return [f"{fault.where}: {fault.what}" for fault in reading.faults] + refused


def _answer(
    name: str, reading: BodyReading, faults: Sequence[str], found: Sequence[Location | LocationRefusal]
) -> Line:
    if faults:
        told = "; ".join(faults[:3])
        return fail(
            name,
            f"测试号码的应答有读不懂的内容：{told}",
            f"the answer for the test line cannot be read as it is: {told}",
            "核对记录格式（fields 的 start、length、notation、decimals、encoding）与 datum",
            "compare the layout with the provider's (start, length, notation, decimals, encoding), and datum",
        )
    places = [one for one in found if isinstance(one, Location)]
    if not places and not reading.additional:
        return warn(
            name,
            "已应答，但对方不认识测试号码",
            "it answers, and does not know the test line",
            "检查 check_number，或问对方该号码是否登记",
            "look at check_number, or ask the provider whether that line is registered",
        )
    what = "; ".join(_told(place) for place in places[:2]) or "no place, further data"
    return ok(name, f"测试号码已应答：{what}", f"the test line is answered for: {what}")


def _told(place: Location) -> str:
    parts = []
    if place.latitude is not None:
        radius = "" if place.uncertainty_m is None else f" ± {place.uncertainty_m:.0f} m"
        parts.append(f"{place.latitude:.5f},{place.longitude:.5f} {place.datum}{radius}")
    if text := civic_text(place):
        parts.append(text)
    return " ".join(parts)


def _slow(name: str, took_s: float) -> Iterator[Line]:
    if took_s > SLOW_S:
        yield warn(
            f"{name}.time",
            f"测试号码用了 {took_s:.1f} 秒才应答",
            f"the test line was answered for after {took_s:.1f} s",
            "请对方查明原因；来电期间位置会晚到",
            "ask the provider why; places come that late in calls",
        )


def _where(name: str, found: Sequence[Location], places: Gazetteer) -> Iterator[Line]:
    """Against the address of the same answer, and against the site's ground."""
    for place in found:
        if place.latitude is None or place.longitude is None or place.datum is None:
            continue
        point, address = (place.latitude, place.longitude), civic_text(place)
        if (other := _better_frame(point, place.datum, address, places)) is not None:
            yield fail(
                f"{name}.datum",
                f"坐标按 {place.datum} 与其地址不符，按 {other} 则相符",
                f"its coordinates do not fit its address as {place.datum}, and do as {other}",
                f"与对方核对坐标系；若对方给的是 {other}，改 datum",
                f"ask the provider for the frame; if it is {other}, set datum so",
            )
        elif places.describe(point, place.datum).outside:
            yield warn(
                f"{name}.place",
                f"测试号码的位置 {point[0]:.5f},{point[1]:.5f} 在本地辖区之外",
                f"the test line's place {point[0]:.5f},{point[1]:.5f} lies outside the site's ground",
                "核对经纬度顺序、小数位与 datum，或测试号码本来就在外地",
                "compare the order of latitude and longitude, decimals and datum; or that line is elsewhere",
            )


def _better_frame(point: tuple[float, float], tagged: Datum, address: str, places: Gazetteer) -> Datum | None:
    """The frame in which the point lies at its address, where the one it is tagged with is far off."""
    best = next(iter(places.find(address, limit=1)), None) if address else None
    if best is None or best.score < MIN_SCORE:
        return None
    there = convert(best.point, best.datum, Datum.WGS_84)

    def off(frame: Datum) -> float:
        return distance_m(convert(point, frame, Datum.WGS_84), there)

    if off(tagged) <= OFF_M + best.uncertainty_m:
        return None
    others = sorted((off(frame), frame) for frame in (Datum.WGS_84, Datum.GCJ_02) if frame is not tagged)
    return others[0][1] if others and others[0][0] <= FITS_M + best.uncertainty_m else None
