"""What a HELD server is asked (RFC 5985): where is the device with this identity (RFC 6155), or, posted to a
reference, where it is now (RFC 6753).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

HELD = "urn:ietf:params:xml:ns:geopriv:held"
IDENTITY = "urn:ietf:params:xml:ns:geopriv:held:id"
CONTENT_TYPE = "application/held+xml"
ACCEPT = "application/held+xml, application/pidf+xml"
LOCATION_TYPES = ("any", "geodetic", "civic", "locationURI")
Identity = Literal["tel", "sip", "msisdn"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """`types`: what is asked for, the first the liked best; `exact`: nothing else will do. `response_time`:
    milliseconds the server may take, or emergencyRouting, emergencyDispatch (RFC 5985, section 6.1).
    """

    types: tuple[str, ...] = ("any",)
    exact: bool = False
    response_time: int | Literal["emergencyRouting", "emergencyDispatch"] = "emergencyDispatch"


def location_request(wanted: Wanted, device_uri: str | None = None, msisdn: str | None = None) -> bytes:
    """The body of a POST. Without an identity it speaks of whatever the address it is sent to stands for."""
    identity = ""
    if device_uri is not None:
        identity = f'<device xmlns="{IDENTITY}"><uri>{escape(device_uri)}</uri></device>'
    elif msisdn is not None:
        identity = f'<device xmlns="{IDENTITY}"><msisdn>{escape(msisdn)}</msisdn></device>'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<locationRequest xmlns="{HELD}" responseTime={quoteattr(str(wanted.response_time))}>'
        f'<locationType exact="{str(wanted.exact).lower()}">{escape(" ".join(wanted.types))}</locationType>'
        f"{identity}</locationRequest>"
    ).encode()


def dereference(wanted: Wanted) -> bytes:
    """The body of a POST to a reference: it asks for a place, never for another reference (RFC 6753, 4)."""
    types = tuple(kind for kind in wanted.types if kind != "locationURI") or ("any",)
    return location_request(replace(wanted, types=types))


def international(number: str, country_code: str) -> str:
    """A number as the national form has it (`numbering.national`) in E.164, with its plus."""
    if number.startswith("00"):
        return f"+{number[2:]}"
    return f"+{country_code}{number.removeprefix('0')}"


def asked_for(
    identity: Identity, number: str, *, country_code: str, sip_domain: str, wanted: Wanted
) -> bytes:
    """The request for a caller's number. `sip_domain`: of `sip:number@domain`."""
    full = international(number, country_code)
    if identity == "msisdn":
        return location_request(wanted, msisdn=full.removeprefix("+"))
    uri = f"tel:{full}" if identity == "tel" else f"sip:{full}@{sip_domain};user=phone"
    return location_request(wanted, device_uri=uri)
