"""Additional data of RFC 7852 as texts by element name."""

from __future__ import annotations

from gateway.location.bodies.additional import MAX_FIELDS, by_reference
from gateway.location.body import read
from gateway.location.model import Additional


def block(name: str, inner: str) -> Additional:
    body = f'<EmergencyCallData.{name} xmlns="urn:ietf:params:xml:ns:EmergencyCallData:{name}">{inner}'
    reading = read(f"{body}</EmergencyCallData.{name}>".encode())
    assert (reading.kind, reading.faults) == ("additional-data", ())
    (found,) = reading.additional
    assert found.block == name
    return found


def test_a_subscribers_xcard_is_brought_to_its_lines() -> None:
    card = (
        '<SubscriberData xmlns="urn:ietf:params:xml:ns:vcard-4.0"><vcard><fn><text>王小明</text></fn>'
        "<n><surname>王</surname><given>小明</given><additional/></n>"
        "<tel><parameters><type><text>home</text></type></parameters><uri>tel:+8651087654321</uri></tel>"
        "<tel><uri>tel:+8613900001111</uri></tel>"
        "<adr><parameters><label><text>x</text></label></parameters><street>人民东路128号</street>"
        "<locality>临江市</locality><country>中国</country></adr></vcard></SubscriberData>"
    )
    assert block("SubscriberInfo", card).fields == (
        ("fn", "王小明"),
        ("n", "王 小明"),
        ("tel", "tel:+8651087654321"),
        ("tel", "tel:+8613900001111"),
        ("adr", "人民东路128号, 临江市, 中国"),
    )


def test_a_device_has_its_identity_with_the_kind_of_it() -> None:
    found = block("DeviceInfo", '<UniqueDeviceID TypeOfDeviceID="IMEI">1234</UniqueDeviceID>')
    assert found.fields == (("TypeOfDeviceID", "IMEI"), ("UniqueDeviceID", "1234"))


def test_a_comment_is_a_block_with_an_element_of_the_same_name() -> None:
    found = block("Comment", '<Comment xml:lang="zh">听障人士，请发短信</Comment>')
    assert found.fields == (("Comment", "听障人士，请发短信"),)


def test_a_service_in_the_dotted_namespace_without_the_long_name() -> None:
    body = (
        '<ServiceInfo xmlns="urn:ietf:params:xml:ns:EmergencyCallData.ServiceInfo">'
        "<ServiceMobility>Fixed</ServiceMobility></ServiceInfo>"
    )
    assert read(body.encode()).additional == (
        Additional(block="ServiceInfo", fields=(("ServiceMobility", "Fixed"),)),
    )


def test_an_empty_block_and_too_many_texts_are_told() -> None:
    space = 'xmlns="urn:ietf:params:xml:ns:EmergencyCallData:Comment"'
    assert "an empty block" in read(f"<EmergencyCallData.Comment {space}/>".encode()).faults[0].what
    many = "<a>b</a>" * (MAX_FIELDS + 1)
    reading = read(f"<EmergencyCallData.Comment {space}>{many}</EmergencyCallData.Comment>".encode())
    assert len(reading.additional[0].fields) == MAX_FIELDS
    assert "only the first 64" in reading.faults[0].what


def test_a_reference_needs_the_purpose_of_additional_data() -> None:
    assert by_reference("emergency-CallId", "urn:x") is None
    assert by_reference("EmergencyCallData.Comment", "") is None
    assert by_reference("emergencycalldata.Comment", "https://x.example") == Additional(
        block="Comment", fields=(("uri", "https://x.example"),)
    )


def test_a_vehicles_own_report_is_a_block() -> None:
    body = '<AutomatedCrashNotification xmlns="http://www.veds.org/acn/1.0"><Crash><Rolled>1</Rolled></Crash>'
    (found,) = read(f"{body}</AutomatedCrashNotification>".encode()).additional
    assert found == Additional(block="VEDS", fields=(("Rolled", "1"),))
