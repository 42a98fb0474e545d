"""Which families of checks a configuration calls for, in the order in which a person mends things."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

from gateway.checks.broker import broker
from gateway.checks.calendar import calendar
from gateway.checks.content import models, rules
from gateway.checks.core import core
from gateway.checks.directory import directory
from gateway.checks.drawn import site_map
from gateway.checks.ear import Ear
from gateway.checks.files import files
from gateway.checks.line import Family, Line, fail, ok
from gateway.checks.listeners import listeners
from gateway.checks.location import places, sources
from gateway.checks.machine import folders, ports, secrets
from gateway.checks.pbx import pbx
from gateway.checks.plans import plans
from gateway.checks.runner import run
from gateway.checks.seats import positions
from gateway.checks.silence import silence
from gateway.checks.store import database
from gateway.checks.texts import texts
from gateway.clock import Clock
from gateway.config import Config, ConfigError, load


class UnknownCheck(ValueError):
    """No check has that name."""


async def check(file: Path, clock: Clock, only: Sequence[str] = ()) -> AsyncIterator[Line]:
    """All lines of a deployment. `only`: names, or their first parts. Raises UnknownCheck."""
    try:
        config = load(file)
    except ConfigError as error:
        for fault in str(error).splitlines():
            yield fail("configuration", fault, fault, "按该行提示改正", "mend that line")
        return
    read = ok(
        "configuration",
        f"{file} 可用，{len(config.pbx)} 台交换机",
        f"{file} can be used, {len(config.pbx)} PBX",
    )
    async with AsyncExitStack() as stack:
        speech = config.speech
        ear = Ear(speech.listener_host, speech.listener_port, clock)
        if speech.own:
            await stack.enter_async_context(ear)
        families = list(_families(config, ear, clock))
        chosen = _chosen(families, only)
        if _named(read.name, only):
            yield read
        async for line in run(chosen):
            if _named(line.name, only):
                yield line


def _families(config: Config, ear: Ear, clock: Clock) -> Iterator[Family]:
    yield Family(name="secrets", run=partial(secrets, config))
    yield Family(name="folders", run=partial(folders, config))
    yield Family(name="ports", run=partial(ports, config, ear))
    yield Family(name="database", run=partial(database, config))
    yield Family(name="rules", run=partial(rules, config))
    yield Family(name="directory", run=partial(directory, config, clock))
    yield Family(name="calendar", run=partial(calendar, config, clock))
    yield Family(name="silence", run=partial(silence, config, clock))
    yield Family(name="plans", run=partial(plans, config))
    if config.speech.own or not config.speech.enabled:
        yield from models(config)
    yield Family(name="broker", run=partial(broker, config, clock))
    yield Family(name="dispatch", run=partial(core, config))
    yield Family(name="texts", run=partial(texts, config, clock))
    if config.location.places is not None:
        yield Family(name="places", run=partial(places, config))
    if config.location.map.tiles is not None or config.location.map.geojson is not None:
        yield Family(name="map", run=partial(site_map, config))
    if config.location.sources:
        yield Family(name="location", run=partial(sources, config, clock))
    if config.speech.enabled and config.speech.shared:
        yield Family(name="listeners", run=partial(listeners, config, clock))
    for one in config.pbx:
        yield Family(name=f"pbx.{one.name}", run=partial(pbx, one, ear if config.speech.own else None, clock))
        yield Family(name=f"files.{one.name}", run=partial(files, one))
    if config.desk.positions:
        yield Family(name="positions", run=partial(positions, config, clock))


def _chosen(families: Sequence[Family], only: Sequence[str]) -> list[Family]:
    known = ["configuration", *(family.name for family in families)]
    for wanted in only:
        if not any(_touch(name, wanted) for name in known):
            raise UnknownCheck(f"no check is called {wanted}; there are: {', '.join(known)}")
    return [family for family in families if not only or any(_touch(family.name, wanted) for wanted in only)]


def _touch(name: str, wanted: str) -> bool:
    """One is the other, or its first parts."""
    return name == wanted or name.startswith(f"{wanted}.") or wanted.startswith(f"{name}.")


def _named(name: str, only: Sequence[str]) -> bool:
    return not only or any(_touch(name, wanted) for wanted in only)
