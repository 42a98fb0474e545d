"""Civic addresses with Chinese values."""

from __future__ import annotations

from gateway.testing import location_bodies as bodies


def test_a_civic_address_keeps_its_chinese_values_and_its_language() -> None:
    found = bodies.one(bodies.document(bodies.CIVIC))
    assert found["civic"]["RD"] == "人民东路"
    assert list(found["civic"]) == [
        "country",
        "A1",
        "A2",
        "A3",
        "RD",
        "HNO",
        "BLD",
        "UNIT",
        "FLR",
        "ROOM",
        "NAM",
    ]
    assert found["language"] == "zh-CN"
    assert "datum" not in found


def test_elements_of_rfc_6848_and_of_an_operator_stand_under_their_local_names() -> None:
    civic = (
        '<ca:civicAddress xmlns:e="urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr:ext" xmlns:op="urn:x:op">'
        "<ca:A3>滨江区</ca:A3><e:PN>7</e:PN><e:MP>K12+300</e:MP><e:STP>环</e:STP><e:HNP>甲</e:HNP>"
        "<op:GRID>网格03</op:GRID></ca:civicAddress>"
    )
    assert bodies.one(bodies.document(civic))["civic"] == {
        "A3": "滨江区",
        "PN": "7",
        "MP": "K12+300",
        "STP": "环",
        "HNP": "甲",
        "GRID": "网格03",
    }


def test_one_address_in_two_languages_is_two_places() -> None:
    english = '<ca:civicAddress xml:lang="en"><ca:RD>Renmin East Road</ca:RD></ca:civicAddress>'
    found = bodies.shown(bodies.document(bodies.CIVIC, english))["locations"]
    assert [place["language"] for place in found] == ["zh-CN", "en"]


def test_too_many_elements_and_too_long_ones_are_cut_and_told() -> None:
    many = "".join(f"<ca:X{n}>{n}</ca:X{n}>" for n in range(50))
    found = bodies.shown(bodies.document(f"<ca:civicAddress>{many}</ca:civicAddress>"))
    assert len(found["locations"][0]["civic"]) == 40
    assert "50 elements of an address" in found["errors"][0]["what"]
    long = f"<ca:civicAddress><ca:LOC>{'长' * 300}</ca:LOC></ca:civicAddress>"
    found = bodies.shown(bodies.document(long))
    assert len(found["locations"][0]["civic"]["LOC"]) == 200
    assert "LOC is cut to 200" in found["errors"][0]["what"]


def test_an_element_that_comes_twice_keeps_both_values() -> None:
    twice = (
        "<ca:civicAddress><ca:LMK>南门</ca:LMK><ca:LMK>喷泉</ca:LMK><ca:LMK>站牌</ca:LMK></ca:civicAddress>"
    )
    assert bodies.one(bodies.document(twice))["civic"] == {"LMK": ["南门", "喷泉", "站牌"]}
