"""The city around the laboratory PBX: one more Asterisk as carrier, call-takers' phones and offices.

A scene's two sides are WAV files. The caller's starts when a desk has answered, as a person begins to speak;
the desk's starts when it answers. A desk knows which file to play by the caller's number.
"""

from __future__ import annotations

import asyncio
import wave
from pathlib import Path

from gateway.testing.lab.ami import Event, LabAmi
from gateway.testing.lab.asterisk import Asterisk, include
from gateway.testing.lab.cache import Cache
from gateway.testing.lab.pbx import CARRIER, DESKS, DIALPLANS, OFFICES, LabPbx
from gateway.testing.lab.plan import Behaviour, CallPlan
from gateway.testing.lab.scenes import Scene
from gateway.testing.lab.service import Running

CALL_SECONDS = 120.0
"""A call of the city that has not ended by then is an error of the test or demonstration."""
DESK_WAIT_SECONDS = 60
"""A caller who has not been answered for so long begins to speak anyway."""
KEY_MS = 100
"""How long a key is pressed."""
NAME = "city"


class CityCall:
    """A call that is under way. `channel` is the caller's channel in the city, not in the PBX."""

    def __init__(self, plan: CallPlan, ami: LabAmi, reference: str) -> None:
        self.plan = plan
        self.channel = ""
        self._ami = ami
        self._reference = reference

    async def answered(self, *, seconds: float = 30.0) -> str:
        """The number of the desk that answered."""
        event = await self._ami.wait(
            lambda e: e.get("UserEvent") == "DeskAnswered" and e.get("Reference") == self._reference,
            seconds=seconds,
        )
        return event["Desk"]

    async def connected(self, *, seconds: float = 30.0) -> None:
        """The PBX took the call."""
        event = await self._told("CallerConnected", seconds)
        self.channel = event["Caller"]

    async def ended(self, *, seconds: float = CALL_SECONDS) -> None:
        """The caller's side is over, whoever ended it (also when the PBX never took the call)."""
        await self._told("CallerGone", seconds)

    async def hang_up(self) -> None:
        """The caller hangs up now."""
        await self.connected()
        await self._ami.action("Hangup", Channel=self.channel)

    async def press(self, key: str) -> None:
        """The caller presses one key."""
        await self.connected()
        await self._ami.action("PlayDTMF", Channel=self.channel, Digit=key, Duration=str(KEY_MS))

    async def record(self, caller: Path, desk: Path) -> None:
        """From now on what the caller and what the call-taker hear is written to these WAV files."""
        await self.answered()
        phone = (await self._told("DeskAnswered", 1.0))["Phone"]
        for channel, file in ((self.channel, caller), (phone, desk)):
            await self._ami.action("MixMonitor", Channel=channel, Options=f"r({file})")

    async def desk_presses(self, keys: str) -> None:
        """The call-taker presses keys, a feature code for example."""
        await self.answered()
        phone = (await self._told("DeskAnswered", 1.0))["Phone"]
        for key in keys:
            await self._ami.action("PlayDTMF", Channel=phone, Digit=key, Duration=str(KEY_MS))
            await asyncio.sleep(2 * KEY_MS / 1000)

    async def desk_hangs_up(self) -> None:
        """The call-taker who answered last puts the phone down."""
        await self.answered()
        phone = (await self._told("DeskAnswered", 1.0))["Phone"]
        await self._ami.action("Hangup", Channel=phone)

    async def _told(self, what: str, seconds: float) -> Event:
        return await self._ami.wait(
            lambda e: e.get("UserEvent") == what and e.get("Reference") == self._reference, seconds=seconds
        )


class City(Running):
    """`async with City(pbx) as city: call = await city.call(scene)`. It outlives the PBX's death."""

    def __init__(self, pbx: LabPbx, folder: Path | None = None, *, cache: Cache | None = None) -> None:
        self._pbx = pbx
        self._cache = cache or Cache()
        self._asterisk = Asterisk(f"{NAME}-{pbx.name}", folder or pbx.folder / NAME, cache=self._cache)
        self._calls: list[CityCall] = []
        self._ami: LabAmi | None = None
        self.service = self._asterisk.service
        self.cli = self._asterisk.cli
        self.log = self._asterisk.log_dir / "full"

    async def start(self) -> None:
        await self._asterisk.launch(self._files())
        self._ami = await self._asterisk.ami()

    async def stop(self) -> None:
        if self._ami:
            await self._ami.close()
        await self._asterisk.stop()

    async def call(self, scene: Scene | CallPlan) -> CityCall:
        """Let a caller ring the PBX; returns at once. One call per caller number at a time."""
        ami = self._connected()
        plan = scene if isinstance(scene, CallPlan) else await asyncio.to_thread(scene.plan, self._cache)
        reference = f"c{len(self._calls) + 1}"
        call = CityCall(plan, ami, reference)
        self._calls.append(call)
        number = plan.caller
        desk = _sound(plan.desk_wav)
        mode = "" if plan.desk_answers else "ring"
        for name, value in (
            ("REF", reference),
            ("WAV", desk),
            ("STAY", _stay(plan.desk_stay_s)),
            ("MODE", mode),
        ):
            await self._set(f"SCENE_{name}_{number}", value)
        answer = await ami.action(
            "Originate",
            variables=_variables(plan, reference),
            Channel=f"Local/{plan.dialled}@city-line/n",
            Context="city-caller",
            Exten="s",
            Priority="1",
            CallerID=number,
            Timeout="30000",
            Async="true",
        )
        if answer.get("Response") != "Success":
            raise RuntimeError(f"the city cannot place a call: {answer.get('Message')}")
        return call

    async def wait(self, *, seconds: float = CALL_SECONDS) -> None:
        """Until every call placed so far is over."""
        await asyncio.gather(*(call.ended(seconds=seconds) for call in self._calls))

    async def behave(self, number: str, behaviour: Behaviour) -> None:
        """How the phone `number` (a desk, a department, a partner) reacts from the next call on."""
        mode = "busy" if behaviour.busy else "answer" if behaviour.answers else "ring"
        mode = mode if behaviour.exists else "none"
        for name, value in (
            ("MODE", mode),
            ("RING", f"{behaviour.ring_s}"),
            ("WAV", _sound(behaviour.wav)),
            ("STAY", _stay(behaviour.stay_s)),
        ):
            await self._set(f"PHONE_{name}_{number}", value)

    async def _set(self, name: str, value: str) -> None:
        await self._connected().action("Setvar", Variable=name, Value=value)

    def _connected(self) -> LabAmi:
        if self._ami is None:
            raise RuntimeError("the city has not been started")
        return self._ami

    def _files(self) -> dict[str, str]:
        return {
            "modules.conf": include(DIALPLANS / "modules.conf.example") + MODULES,
            "pjsip.conf": self._pjsip(),
            "extensions.conf": EXTENSIONS.replace("@DESK_WAIT@", str(DESK_WAIT_SECONDS * 10)),
            "geolocation.conf": GEOLOCATION,
            "features.conf": "[general]\n",
            "queues.conf": "[general]\n",
            "confbridge.conf": "[general]\n",
            "cdr.conf": "[general]\nenable = no\n",
            "cel.conf": "[general]\nenable = no\n",
        }

    def _pjsip(self) -> str:
        roles = (("carrier", CARRIER), ("desks", DESKS), ("offices", OFFICES))
        transports = "".join(
            f"[{role}]\ntype = transport\nprotocol = udp\nbind = {host}:{self._pbx.city_port}\n"
            for role, host in roles
        )
        target = f"sip:127.0.0.1:{self._pbx.sip_port}"
        lines = "".join(
            f"[{name}]\ntype = endpoint\ntransport = carrier\ncontext = city-nobody\n"
            f"disallow = all\nallow = alaw\ndirect_media = no\naors = {name}\n"
            f"trust_id_outbound = yes\nsend_pai = {pai}\n{extra}"
            f"[{name}]\ntype = aor\ncontact = {target}\n"
            for name, pai, extra in (
                ("line", "yes", ""),
                ("line-bare", "no", ""),
                ("line-place", "yes", "geoloc_outgoing_call_profile = city\n"),
            )
        )
        return (
            "[global]\ntype = global\nendpoint_identifier_order = ip\n"
            + transports
            + lines
            + "[pbx]\ntype = endpoint\ntransport = desks\ncontext = city-phones\n"
            + "disallow = all\nallow = alaw\ndirect_media = no\ntrust_id_inbound = yes\naors = pbx\n"
            + f"[pbx]\ntype = aor\ncontact = {target}\n"
            + "[pbx]\ntype = identify\nendpoint = pbx\nmatch = 127.0.0.1\n"
        )


def _variables(plan: CallPlan, reference: str) -> list[str]:
    line = "line-place" if plan.place else "line" if plan.pai else "line-bare"
    values = {
        "REFERENCE": reference,
        "NUMBER": plan.caller,
        "LINE": line,
        "WAV": _sound(plan.caller_wav),
        "STAY": f"{plan.stay_s}",
        "PATIENT": "yes" if plan.patient else "no",
    }
    if plan.place:
        values |= {
            "LAT": f"{plan.place.latitude:.6f}",
            "LON": f"{plan.place.longitude:.6f}",
            "RADIUS": f"{plan.place.radius_m:g}",
        }
    for number, (name, value) in enumerate(plan.headers.items(), 1):
        values |= {f"HEADER{number}": name, f"VALUE{number}": value}
    return [f"__{name}={value}" for name, value in values.items()]


def _sound(wav: Path | None) -> str:
    """Asterisk wants the path without its ending, and finds the format itself."""
    if wav is None:
        return ""
    with wave.open(str(wav)) as header:
        if (header.getframerate(), header.getnchannels(), header.getsampwidth()) != (8000, 1, 2):
            raise ValueError(f"{wav} is not 8 kHz, mono, 16 bit")
    return str(wav.resolve().with_suffix(""))


def _stay(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds}"


MODULES = """\
[modules](+)
load = app_senddtmf.so
noload = cdr_custom.so
noload = cel_custom.so
noload = cdr_manager.so
"""

GEOLOCATION = """\
[city]
type = profile
profile_precedence = prefer_incoming
pidf_element = device
"""

EXTENSIONS = """\
[general]
static = yes
[globals]
[city-line]
exten => _X.,1,Set(CALLERID(num)=${NUMBER})
 same => n,Dial(PJSIP/${EXTEN}@${LINE},30,b(city-headers^s^1))
 same => n,Hangup()
exten => h,1,UserEvent(CallerGone,Reference: ${REFERENCE},Status: ${DIALSTATUS})

[city-headers]
exten => s,1,ExecIf($["${HEADER1}"!=""]?Set(PJSIP_HEADER(add,${HEADER1})=${VALUE1}))
 same => n,ExecIf($["${HEADER2}"!=""]?Set(PJSIP_HEADER(add,${HEADER2})=${VALUE2}))
 same => n,ExecIf($["${HEADER3}"!=""]?Set(PJSIP_HEADER(add,${HEADER3})=${VALUE3}))
 same => n,GotoIf($["${LAT}"=""]?done)
 same => n,Set(GEOLOC_PROFILE(pidf_element)=device)
 same => n,Set(GEOLOC_PROFILE(method)=Wireless)
 same => n,Set(GEOLOC_PROFILE(location_source)=city.invalid)
 same => n,Set(GEOLOC_PROFILE(format)=GML)
 same => n,Set(GEOLOC_PROFILE(location_info)=shape=Circle,crs=2d,pos="${LAT} ${LON}",radius=${RADIUS})
 same => n(done),Return()

[city-caller]
exten => s,1,UserEvent(CallerConnected,Reference: ${REFERENCE},Caller: ${CHANNEL})
 same => n,Set(LEFT=@DESK_WAIT@)
 same => n,GotoIf($["${PATIENT}"="no"]?speak)
 same => n(wait),GotoIf($["${GLOBAL(TAKEN_${REFERENCE})}"="yes" | ${LEFT}<=0]?speak)
 same => n,Set(LEFT=$[${LEFT}-1])
 same => n,Wait(0.1)
 same => n,Goto(wait)
 same => n(speak),Set(TIMEOUT(absolute)=${STAY})
 same => n,ExecIf($["${WAV}"!=""]?Playback(${WAV},noanswer))
 same => n,Wait(600)
 same => n,Hangup()
exten => T,1,Hangup()

; desks and offices: the extension is the number that the PBX dialled
; the PBX rings 110 over its own trunk (a canary call): the carrier sends it back, with its number
[city-phones]
exten => 110,1,Dial(PJSIP/110@line,30)
 same => n,Hangup()
exten => _X.,1,Set(FROM=${FILTER(0-9+*#,${CALLERID(num)})})
 same => n,Set(REF=${GLOBAL(SCENE_REF_${FROM})})
 same => n,Set(MODE=${GLOBAL(PHONE_MODE_${EXTEN})})
 same => n,Set(RING=${GLOBAL(PHONE_RING_${EXTEN})})
 same => n,Set(PLAY=${GLOBAL(PHONE_WAV_${EXTEN})})
 same => n,Set(LAST=${GLOBAL(PHONE_STAY_${EXTEN})})
 same => n,GotoIf($[${LEN(${EXTEN})}!=4]?ring)
 same => n,ExecIf($["${PLAY}"=""]?Set(PLAY=${GLOBAL(SCENE_WAV_${FROM})}))
 same => n,ExecIf($["${LAST}"=""]?Set(LAST=${GLOBAL(SCENE_STAY_${FROM})}))
 same => n,ExecIf($["${GLOBAL(SCENE_MODE_${FROM})}"!=""]?Set(MODE=${GLOBAL(SCENE_MODE_${FROM})}))
 same => n(ring),GotoIf($["${MODE}"="busy"]?busy)
 same => n,GotoIf($["${MODE}"="none"]?none)
 same => n,Ringing()
 same => n,GotoIf($["${MODE}"="ring"]?forever)
 same => n,Wait(${IF($["${RING}"=""]?0.8:${RING})})
 same => n,Answer()
 same => n,Set(GLOBAL(TAKEN_${REF})=yes)
 same => n,UserEvent(DeskAnswered,Reference: ${REF},Desk: ${EXTEN},From: ${FROM},Phone: ${CHANNEL})
 same => n,ExecIf($["${LAST}"!=""]?Set(TIMEOUT(absolute)=${LAST}))
 same => n,ExecIf($["${PLAY}"!=""]?Playback(${PLAY}))
 same => n,Wait(600)
 same => n,Hangup()
 same => n(busy),Hangup(17)
 same => n(none),Hangup(1)
 same => n(forever),Wait(600)
 same => n,Hangup()
exten => T,1,Hangup()
"""
