"""What `[location]` says, as the sources that are asked where a caller is."""

from __future__ import annotations

import ssl
from pathlib import Path

from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from yarl import URL

from gateway.clock import Clock
from gateway.config_base import ConfigError, DatumName
from gateway.config_location import (
    AliConfig,
    AliField,
    HeldConfig,
    LocationConfig,
    SubscribersConfig,
    Tls,
)
from gateway.location.aliframe import Framing
from gateway.location.alirecord import SHIPPED, RecordField, RecordLayout
from gateway.location.heldrequest import Wanted
from gateway.location.locator import Locator
from gateway.location.model import Datum
from gateway.locators.ali import AliProvider, AliSettings
from gateway.locators.fetch import Fetcher, Hosts, key
from gateway.locators.held import HeldServer, HeldSettings, References
from gateway.locators.sql import SqlSettings, SubscriberSql
from gateway.locators.tables import CellTable, SubscriberTable, TableSettings


def locators(location: LocationConfig, clock: Clock) -> list[Locator]:
    """In the order of the configuration; nothing is opened yet.

    Who fetches references is among them where a host is configured. Raises ConfigError where a secret or a
    certificate cannot be read.
    """
    found: list[Locator] = [held(one, location, clock) for one in location.held if one.enabled]
    found += [ali(one, location, clock) for one in location.ali if one.enabled]
    found += [subscribers(one, location, clock) for one in location.subscribers if one.enabled]
    if location.cells is not None:
        found.append(cells(location, clock))
    if location.reference_hosts or location.held:
        found.append(references(location, clock))
    return found


def held(one: HeldConfig, location: LocationConfig, clock: Clock) -> HeldServer:
    settings = HeldSettings(
        name=one.name,
        url=one.url,
        identity=one.identity,
        sip_domain=one.sip_domain,
        country_code=location.country_code,
        wanted=Wanted(types=one.types, exact=one.exact, response_time=one.response_time),
        datum=_datum(one.datum),
        within_s=one.within_s,
    )
    fetcher = Fetcher(
        clock,
        _hosts(location),
        connect_within_s=one.connect_within_s,
        tls=_tls_by_host(location),
    )
    return HeldServer(settings, fetcher)


def references(location: LocationConfig, clock: Clock) -> References:
    fetcher = Fetcher(clock, _hosts(location), tls=_tls_by_host(location))
    return References(fetcher, within_s=location.references_within_s, datum=_datum(location.bodies_datum))


def ali(one: AliConfig, location: LocationConfig, clock: Clock) -> AliProvider:
    settings = AliSettings(
        name=one.name,
        host=one.host,
        port=one.port,
        layout=layout(one),
        framing=Framing(
            start=one.frame_start.encode("latin-1"),
            end=one.frame_end.encode("latin-1"),
            length=one.record_length,
        ),
        query=one.query,
        position=one.position,
        digits=one.digits,
        country_code=location.country_code,
        datum=_datum(one.datum),
        heartbeat=one.heartbeat.encode("latin-1"),
        heartbeat_reply=one.heartbeat_reply.encode("latin-1"),
        acknowledge=one.acknowledge.encode("latin-1"),
        heartbeat_every_s=one.heartbeat_every_s,
        connect_within_s=one.connect_within_s,
        within_s=one.within_s,
        tls=_tls(one, f"location.ali {one.name}") or ssl.create_default_context() if one.tls else None,
    )
    return AliProvider(settings, clock)


def layout(one: AliConfig) -> RecordLayout:
    """What its fields say; without fields the shipped one."""
    if not one.fields:
        return SHIPPED
    return RecordLayout(
        fields=tuple(_field(field) for field in one.fields),
        encoding=one.encoding,
        in_bytes=one.count == "bytes",
        length=one.record_length,
    )


def _field(field: AliField) -> RecordField:
    return RecordField(
        kind=field.kind,
        start=field.start,
        length=field.length,
        name=field.name,
        notation=field.notation,
        decimals=field.decimals,
        scale=field.scale,
        codes=tuple(field.codes.items()),
        block=field.block,
        pattern=field.pattern,
        utc_offset_h=field.utc_offset_h,
    )


def subscribers(one: SubscribersConfig, location: LocationConfig, clock: Clock) -> Locator:
    if one.file is not None:
        return SubscriberTable(
            TableSettings(
                name=one.name,
                file=one.file,
                datum=_datum(one.datum),
                country_code=location.country_code,
                within_s=one.within_s,
            ),
            clock,
        )
    try:
        return SubscriberSql(
            SqlSettings(
                name=one.name,
                url=one.url(),
                select=one.select,
                datum=_datum(one.datum),
                country_code=location.country_code,
                within_s=one.within_s,
            ),
            clock,
        )
    except (ArgumentError, NoSuchModuleError, ImportError):
        raise ConfigError(
            f"location.subscribers {one.name}: no database address, or its driver is missing; "
            "write postgresql://user:password@host/name or sqlite:///path"
        ) from None


def cells(location: LocationConfig, clock: Clock) -> CellTable:
    told = location.cells
    if told is None:
        raise ConfigError("location.cells: no cell table is configured")
    return CellTable(
        TableSettings(name="cells", file=told.file, datum=_datum(told.datum), within_s=told.within_s), clock
    )


def _datum(name: DatumName | None) -> Datum | None:
    return None if name is None else Datum(name)


def _hosts(location: LocationConfig) -> Hosts:
    """Configured hosts, and the HELD servers themselves: they mostly refer to themselves."""
    allowed = {host.lower() for host in location.reference_hosts}
    for url in (URL(one.url) for one in location.held if one.enabled):
        allowed.add(key(url.host or "", url.port, url.scheme))
    return Hosts(
        allowed=frozenset(allowed), plain=frozenset(host.lower() for host in location.plain_http_hosts)
    )


def _tls_by_host(location: LocationConfig) -> dict[str, ssl.SSLContext]:
    """A server's certificate is shown to that server only, whoever refers to it."""
    found = {}
    for one in location.held:
        url, context = URL(one.url), _tls(one, f"location.held {one.name}")
        if context is not None and one.enabled:
            found[key(url.host or "", url.port, url.scheme)] = context
    return found


def _tls(one: Tls, where: str) -> ssl.SSLContext | None:
    """None where the system's own settings will do. Raises ConfigError."""
    if one.ca_file is None and one.cert_file is None:
        return None
    try:
        context = ssl.create_default_context(cafile=_there(one.ca_file))
        if one.cert_file is not None:
            context.load_cert_chain(one.cert_file, _there(one.key_file))
    except OSError as error:
        raise ConfigError(f"{where}: ca_file, cert_file or key_file cannot be used ({error})") from None
    return context


def authority(ca_file: Path | None, where: str) -> ssl.SSLContext | None:
    """Trust in this authority; None: the system's own. Raises ConfigError."""
    return _tls(Tls(ca_file=ca_file), where)


def _there(path: Path | None) -> str | None:
    return None if path is None else str(path)
