"""How one gateway finds its callers, put together: the configured sources, what is handed in, the places."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from gateway import settings
from gateway.clock import Clock
from gateway.config import Config
from gateway.config_location import MapConfig
from gateway.dispatch.inbox import Inbox, Take
from gateway.locators.ali import AliProvider
from gateway.locators.tables import CellTable, SubscriberTable
from gateway.ports import Broker
from gateway.runtime.health import Fault
from gateway.runtime.house import House
from gateway.runtime.markers import KINDS, Markers
from gateway.runtime.whereabouts import PlaceSources
from gateway.store.bodies import StoredBodies
from gateway.store.store import SqlStore
from gateway.web.tilefile import tile_fault

AML = "aml"
Part = Callable[[], Awaitable[None]]


def place_sources(config: Config, clock: Clock, store: SqlStore) -> PlaceSources:
    """Everything that gateway.toml names under [location]; tables begin to be read, links to be made."""
    locators = settings.locators(config, clock)
    for locator in locators:
        if isinstance(locator, AliProvider | SubscriberTable | CellTable):
            locator.open()
    found = settings.place_sources(config, locators, StoredBodies(store.database))
    drawn = config.location.map
    return replace(found, map_faults=partial(map_faults, drawn)) if drawn.tiles or drawn.geojson else found


def map_faults(told: MapConfig) -> list[Fault]:
    """What of the map's files pages cannot draw; tiles first, for they are drawn first."""
    found = []
    if told.tiles is not None and (wrong := tile_fault(told.tiles)) is not None:
        zh, en = (
            ("改用 GeoJSON", "the GeoJSON is drawn instead") if told.geojson
            else ("位置画在空白底上", "callers stand on a bare ground")
        )  # fmt: skip
        found.append(
            Fault(
                fault_zh=f"{wrong.zh}（{told.tiles}）：{zh}", fault_en=f"{wrong.en} ({told.tiles}): {en}",
                cure_zh=wrong.cure_zh, cure_en=wrong.cure_en,
            )
        )  # fmt: skip
    if told.geojson is not None and not told.geojson.is_file():
        found.append(
            Fault(
                fault_zh=f"地图文件 {told.geojson} 不存在", fault_en=f"the map {told.geojson} is not there",
                cure_zh="改正 [location.map] geojson", cure_en="put [location.map] geojson right",
            )
        )  # fmt: skip
    return found


async def start(config: Config, house: House, broker: Broker) -> dict[str, Part]:
    """Listens to what comes over MQTT; gives what must run for ever, by name."""
    whereabouts = house.whereabouts
    takers: dict[str, Take] = {kind: partial(_marker, whereabouts.markers, kind) for kind in KINDS}
    if whereabouts.receiving is not None:
        takers[AML] = whereabouts.receiving.heard
    inbox = Inbox(broker, config.site.name, takers)
    whereabouts.dropped = lambda: inbox.dropped
    await inbox.open()
    return {**whereabouts.parts, **{f"inbox {kind}": partial(inbox.run, kind) for kind in takers}}


async def _marker(markers: Markers, kind: str, payload: bytes) -> None:
    markers.told(kind, payload)
