"""What `gateway.toml` says, in the words of each part that `app.py` puts together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import PurePosixPath

from gateway import __version__, sources
from gateway.archive.recording import Folder
from gateway.clock import Clock
from gateway.config import Config, PbxConfig
from gateway.desk.incidents.model import SurgeLimits
from gateway.desk.incidents.shield import FloodLimits
from gateway.dispatch.encode import listener_message, status_message
from gateway.dispatch.publisher import MqttSettings
from gateway.location.ali import HeaderPattern
from gateway.location.locator import Locator
from gateway.location.model import Datum
from gateway.pbx.account import AmiLinkConfig
from gateway.pbx.languages import LanguagePlan
from gateway.pbx.shape import PbxShape
from gateway.ports import Bodies, Message
from gateway.runtime.canary import CanaryPlan
from gateway.runtime.shielding import TogetherSettings
from gateway.runtime.whereabouts import PlaceSources
from gateway.senders.http import HttpSenderSettings, HttpTextSender
from gateway.speech import models
from gateway.speech.control import ListenerConfig
from gateway.web.routes import WebSettings


def mqtt(config: Config) -> MqttSettings:
    """With the will: what the broker says of this gateway when it is gone."""
    mqtt, site, gateway = config.mqtt, config.site.name, config.gateway.id
    return MqttSettings(
        host=mqtt.host,
        port=mqtt.port,
        client_id=f"intake110-{site}-{gateway}",
        username=mqtt.username,
        password=mqtt.password(),
        tls=mqtt.tls,
        ca_file=mqtt.ca_file,
        keepalive_s=mqtt.keepalive_s,
        publish_within_s=mqtt.publish_within_s,
        will=status_message(site=site, gateway_id=gateway, online=False, at=None, version=__version__),
    )


def listener_mqtt(config: Config, name: str) -> MqttSettings:
    """A listener's own link to the broker. Its will says that it is gone; a clean stop clears its state."""
    gone = listener_message(site=config.site.name, listener=name, state=None, at=None, version=__version__)
    return replace(
        mqtt(config),
        client_id=f"intake110-{config.site.name}-listener-{name}",
        will=gone,
        goodbye=replace(gone, payload=b""),
    )


def online(config: Config, now: datetime) -> Message:
    """The retained state of a gateway that is there."""
    site, gateway = config.site.name, config.gateway.id
    return status_message(site=site, gateway_id=gateway, online=True, at=now, version=__version__)


def listener(config: Config) -> ListenerConfig:
    speech = config.speech
    return ListenerConfig(
        model=speech.model,
        languages=dict(speech.languages),
        accurate=speech.accurate_model,
        state_dir=config.gateway.state_dir,
        host=speech.listener_host,
        port=speech.listener_port,
        workers=speech.workers,
        spool_max_mb=speech.spool_max_mb,
        log_level=config.log.level,
    )


def account(pbx: PbxConfig) -> AmiLinkConfig:
    return AmiLinkConfig(
        pbx=pbx.name,
        host=pbx.host,
        port=pbx.port,
        username=pbx.username,
        secret=pbx.secret(),
        connect_within_s=pbx.connect_within_s,
        login_within_s=pbx.connect_within_s,
        ping_every_s=pbx.ping_every_s,
    )


def canary(config: Config) -> CanaryPlan:
    """The scheduled test call; the first PBX places it unless another is named."""
    told = config.canary
    return CanaryPlan(
        pbx=told.pbx or config.pbx[0].name,
        endpoint=told.endpoint,
        dial=told.dial,
        number=told.number,
        sound=told.sound,
        says=told.says,
        alarm_class=told.verdict,
        every_s=told.every_min * 60,
        within_s=told.within_s,
    )


def shape(pbx: PbxConfig, config: Config) -> PbxShape:
    return PbxShape(
        intake_contexts=frozenset(pbx.intake_contexts),
        intake_numbers=frozenset(pbx.intake_numbers),
        department_contexts=frozenset(pbx.department_contexts),
        test_callers=frozenset(
            {*pbx.test_callers, *({config.canary.number} if config.canary.number else ())}
        ),
        xali_datum=None if pbx.xali_datum == "none" else Datum(pbx.xali_datum),
        xali_pattern=HeaderPattern(pbx.xali_pattern) if pbx.xali_pattern else None,
    )


def languages(pbx: PbxConfig) -> LanguagePlan:
    return LanguagePlan(by_line=pbx.languages, by_key=pbx.language_keys)


def folders(pbx: PbxConfig) -> list[Folder]:
    return [Folder(pbx=PurePosixPath(folder.pbx), local=folder.local) for folder in pbx.recordings]


def locators(config: Config, clock: Clock) -> list[Locator]:
    """The sources that are asked where a caller is. Raises ConfigError where a secret or certificate is not
    there.
    """
    return sources.locators(config.location, clock)


def pages(config: Config) -> WebSettings:
    floods = config.together.flood
    return WebSettings(
        surge=together(config).surge,
        flood=together(config).flood,
        reserved_seats=floods.reserved_seats,
        rank_in_queue=floods.rank_in_queue,
        site=config.site.name,
        timezone=config.site.timezone,
        archive=config.archive.folder,
        positions={each.extension: each.name for each in config.desk.positions},
        position_pbx={each.extension: each.pbx for each in config.desk.positions if each.pbx},
        demo=config.site.demo,
        speech_demo_languages=_synthetic_only(config),
        behind_tls=config.web.behind_tls,
        map_tiles=config.location.map.tiles,
        map_geojson=config.location.map.geojson,
        map_attribution=config.location.map.attribution,
        metrics_from=tuple(map(str, config.web.metrics_from)),
        machine_token=config.web.machine_token(),
        aml_secret=config.location.aml.signed_with(),
        session_idle_s=config.web.session_idle_min * 60.0,
        session_max_s=config.web.session_max_h * 3600.0,
    )


def place_sources(config: Config, locators: Sequence[Locator], bodies: Bodies) -> PlaceSources:
    """By what callers are found; sources and bodies are opened by who puts them together."""
    location = config.location
    return PlaceSources(
        locators=locators,
        bodies=bodies,
        places=location.places,
        refresh_every_s=location.refresh_every_s,
        datum=Datum(location.bodies_datum) if location.bodies_datum else None,
        country_code=location.country_code,
    )


def together(config: Config) -> TogetherSettings:
    """When many calls count as a surge, and when calls look like a flood."""
    told = config.together
    limits = told.flood.model_dump(exclude={"reserved_seats", "rank_in_queue"})
    return TogetherSettings(
        surge=SurgeLimits(calls=told.surge_calls, within_s=told.surge_within_s), flood=FloodLimits(**limits),
        reserved_seats=told.flood.reserved_seats, rank_in_queue=told.flood.rank_in_queue,
    )  # fmt: skip


def text_sender(config: Config, clock: Clock) -> HttpTextSender | None:
    """Who sends texts; None: nobody. Raises ConfigError where its secret or authority cannot be read."""
    told = config.texts.sender
    if told is None:
        return None
    told.secret()
    names = {"secret_file", "secret_env", "plain_http", "ca_file"}
    return HttpTextSender(
        HttpSenderSettings(
            **told.model_dump(exclude=names), country_code=config.location.country_code,
            tls=sources.authority(told.ca_file, "texts.sender"),
        ),
        told.secret, clock,
    )  # fmt: skip


def _synthetic_only(config: Config) -> tuple[str, ...]:
    """Languages whose model hears no people; a broken model is told by the speech service."""
    speech = config.speech
    if not speech.own:
        return ()
    found: dict[str, None] = {}
    for tag, folder in (("", speech.model), *speech.languages.items(), ("", speech.accurate_model)):
        try:
            card = models.check(folder) if folder is not None else None
        except models.ModelError:
            continue
        if card is not None and card.synthetic_only:
            found[tag or card.language] = None
    return tuple(found)
