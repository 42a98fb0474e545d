"""How one gateway finds its callers, put together: the configured sources, what is handed in, the places."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from gateway import settings
from gateway.clock import Clock
from gateway.config import Config
from gateway.dispatch.inbox import Inbox, Take
from gateway.locators.ali import AliProvider
from gateway.locators.tables import CellTable, SubscriberTable
from gateway.ports import Broker
from gateway.runtime.house import House
from gateway.runtime.markers import KINDS, Markers
from gateway.runtime.whereabouts import PlaceSources
from gateway.store.bodies import StoredBodies
from gateway.store.store import SqlStore

AML = "aml"
Part = Callable[[], Awaitable[None]]


def place_sources(config: Config, clock: Clock, store: SqlStore) -> PlaceSources:
    """Everything that gateway.toml names under [location]; tables begin to be read, links to be made."""
    locators = settings.locators(config, clock)
    for locator in locators:
        if isinstance(locator, AliProvider | SubscriberTable | CellTable):
            locator.open()
    return settings.place_sources(config, locators, StoredBodies(store.database))


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
