"""`intake110 events`: the contract on paper, and the sample subscriber."""

from __future__ import annotations

import asyncio
import json

import pytest
from typer.testing import CliRunner

from gateway.cli import events
from gateway.dispatch import asyncapi, encode, tail, topics
from gateway.dispatch.examples import AT, BY_NOUN, CALL_ID, SITE
from gateway.dispatch.tail import BadBrokerUrl, BrokerAddress
from gateway.testing.lab.broker import LabBroker

run = CliRunner().invoke


def payloads(count: int, skip: tuple[int, ...] = (), call: str = CALL_ID) -> list[bytes]:
    """`count` events of one call, the last one its end, without those numbered in `skip`."""
    kinds = [BY_NOUN["CallStart"], *[BY_NOUN["CardUpdate"]] * (count - 2), BY_NOUN["CallEnd"]]
    rows = encode.outbox_rows(kinds, ("call", call), 0, 0, AT, site=SITE)
    return [row.payload for row in rows if row.call_seq not in skip]


def test_the_document_is_printed():
    result = run(events.app, ["asyncapi"])
    assert json.loads(result.stdout)["asyncapi"] == "3.0.0"


def test_the_list_names_every_event_and_a_name_prints_its_schema():
    assert "VetoRaised.v1" in run(events.app, ["schemas"]).stdout
    schema = json.loads(run(events.app, ["schemas", "VetoRaised.v1"]).stdout)
    assert schema["$id"] == "urn:intake110:schema:VetoRaised:v1"


def test_an_unknown_name_is_told_with_the_known_ones():
    result = run(events.app, ["schemas", "VetoRazed"])
    assert result.exit_code == 2
    assert "VetoRaised" in result.stderr


def test_the_check_fails_when_a_shipped_file_is_old(monkeypatch, tmp_path):
    assert run(events.app, ["schemas", "--check"]).exit_code == 0
    monkeypatch.setattr(asyncapi, "stale", lambda: ["CallEnd.v1.json"])
    result = run(events.app, ["asyncapi", "--check"])
    assert result.exit_code == 1
    assert "CallEnd.v1.json" in result.stderr


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("mqtt://10.0.0.5", BrokerAddress(host="10.0.0.5", port=1883)),
        ("broker:1884", BrokerAddress(host="broker", port=1884)),
        (
            "mqtts://a%40b:s%2Fx@h",
            BrokerAddress(host="h", port=8883, tls=True, username="a@b", password="s/x"),
        ),
    ],
)
def test_a_brokers_address_is_read_from_its_url(url, expected):
    assert BrokerAddress.parse(url) == expected


@pytest.mark.parametrize("url", ["http://h", "mqtt://", "mqtt://h:port", "mqtt://h:99999999"])
def test_an_address_that_is_none_is_told(url):
    with pytest.raises(BadBrokerUrl):
        BrokerAddress.parse(url)


def test_the_subscriber_counts_and_tells_what_is_missing(capsys):
    watch = events._Watch(per_site=True, as_json=True, until_end=None)
    for payload in [*payloads(6, skip=(3, 4)), b"not json", b"{}", b"[]"]:
        watch.take(payload)
    printed = capsys.readouterr()
    assert len(printed.out.splitlines()) == 4
    assert "3 to 4 missing" in printed.err
    assert printed.err.count("not an event") == 3
    assert watch.summary() == "4 events, 1 calls ended, 4 missing, 0 late, 0 twice"


def test_a_line_shows_number_call_kind_and_content(capsys):
    watch = events._Watch(per_site=True, as_json=False, until_end=None)
    watch.take(payloads(2)[0])
    line = capsys.readouterr().out
    assert f"{CALL_ID} #1" in line
    assert "CallStart" in line
    assert '"dialed": "110"' in line


def test_nobody_at_the_address_is_told_in_one_line():
    result = run(events.app, ["tail", "--broker", "mqtt://127.0.0.1:1"])
    assert result.exit_code == 2
    assert "127.0.0.1:1" in result.stderr


@pytest.mark.system
@pytest.mark.parametrize(("skip", "code"), [((), 0), ((2,), 1)])
async def test_the_subscriber_resumes_its_session_and_its_exit_code_tells_of_gaps(tmp_path, skip, code):
    async with LabBroker(tmp_path) as lab:
        url = f"mqtt://reader:{lab.users['reader']}@127.0.0.1:{lab.port}"
        async with tail.connection(BrokerAddress.parse(url), "t") as earlier:
            for topic_filter in topics.event_filters(SITE):
                await earlier.subscribe(topic_filter, qos=1)
        gateway = BrokerAddress.parse(f"mqtt://gateway:{lab.users['gateway']}@127.0.0.1:{lab.port}")
        async with tail.connection(gateway, "g") as client:
            for payload in payloads(5, skip=skip):
                await client.publish(f"110/{SITE}/calls/{CALL_ID}/events/X.v1", payload, qos=1)
        arguments = [
            "tail",
            "--broker",
            url,
            "--site",
            SITE,
            "--until-end",
            "1",
            "--json",
            "--client-id",
            "t",
        ]
        result = await asyncio.wait_for(asyncio.to_thread(run, events.app, arguments), 20)
    assert result.exit_code == code
    assert len(result.stdout.splitlines()) == 5 - len(skip)
