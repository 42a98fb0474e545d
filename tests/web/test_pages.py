from __future__ import annotations

import gzip
from dataclasses import replace
from typing import Any

import pytest
from yarl import URL

from gateway.web.app import API
from gateway.web.errors import SECURITY_HEADERS
from gateway.web.status import describe

from .site import Site


def build(site: Site) -> None:
    (site.settings.static / "index.html").write_text("<title>110</title>", encoding="utf-8")
    (site.settings.static / "assets" / "app-1a2b.js").write_text("run()", encoding="utf-8")
    (site.settings.static / "assets" / "app-1a2b.js.gz").write_bytes(gzip.compress(b"run()"))


async def test_every_address_of_the_pages_is_the_page_itself(site: Site) -> None:
    build(site)
    client = await site.open_client()
    for address in ("/", "/calls/hz-p1-1.1", "/health-page"):
        answered = await client.get(address)
        assert (answered.status, await answered.text()) == (200, "<title>110</title>")
        assert answered.headers["Cache-Control"] == "no-cache"


async def test_files_with_a_hash_in_their_name_are_kept_for_ever_and_sent_packed(site: Site) -> None:
    build(site)
    answered = await (await site.open_client()).get("/assets/app-1a2b.js")
    assert await answered.text() == "run()"
    assert "immutable" in answered.headers["Cache-Control"]
    assert answered.headers["Content-Encoding"] == "gzip"
    assert "javascript" in answered.headers["Content-Type"]


@pytest.mark.parametrize(
    "address", ["/assets/missing.js", "/api/v1/nothing", "/assets/..%2f..%2fstore.db", "/a%00b"]
)
async def test_what_is_not_there_is_not_found(site: Site, address: str) -> None:
    build(site)
    assert (await (await site.open_client()).get(as_it_is(address))).status == 404


@pytest.mark.parametrize("address", ["/..%2fpasswd", "/%2e%2e/passwd", "/../passwd", "/x/..%2f..%2fpasswd"])
async def test_no_file_outside_the_build_is_served(site: Site, address: str) -> None:
    build(site)
    (site.settings.static.parent / "passwd").write_text("secret", encoding="utf-8")
    answered = await (await site.open_client()).get(as_it_is(address))
    assert await answered.text() == "<title>110</title>"


def as_it_is(address: str) -> URL:
    """The address as it is, not tidied up by the client."""
    return URL(address, encoded=True)


async def test_pages_that_were_not_built_say_how_to_build_them(site: Site) -> None:
    answered = await (await site.open_client()).get("/")
    assert answered.status == 503
    assert "python -m gateway.web.build" in await answered.text()


@pytest.mark.parametrize(
    "address", ["/", "/assets/app-1a2b.js", "/health", "/api/v1/session", "/api/v1/nothing"]
)
async def test_every_answer_forbids_what_pages_do_not_need(site: Site, address: str) -> None:
    build(site)
    answered = await (await site.open_client()).get(address)
    for name, value in SECURITY_HEADERS.items():
        assert answered.headers[name] == value
    assert "unsafe" not in answered.headers["Content-Security-Policy"]


async def test_what_the_api_says_is_kept_by_no_cache(site: Site) -> None:
    answered = await (await site.signed_in()).get("/api/v1/session")
    assert answered.headers["Cache-Control"] == "no-store"


async def test_an_address_that_takes_no_post_says_so(site: Site) -> None:
    answered = await (await site.open_client()).post("/health", headers={"X-Intake110": "1"})
    assert answered.status == 405


# ---- health


async def test_a_browser_that_opens_health_gets_the_page_and_a_machine_the_state(site: Site) -> None:
    client = await site.open_client()
    shown = await client.get("/health", headers={"Accept": "text/html,application/xhtml+xml"})
    told = await client.get("/health")
    assert (shown.content_type, told.content_type) == ("text/html", "application/json")


@pytest.mark.parametrize(("state", "status"), [("up", 200), ("degraded", 200), ("down", 503)])
async def test_machines_read_health_from_the_status(site: Site, state: str, status: int) -> None:
    site.health["state"] = state
    answered = await (await site.open_client()).get("/health")
    assert (answered.status, await answered.json()) == (status, {"state": state})


async def test_faults_and_figures_are_for_who_may_mend_them(site: Site) -> None:
    service = {
        "name": "broker",
        "state": "down",
        "since": None,
        "fault_en": "refused",
        "figures": {"host": "x"},
    }
    site.health |= {"state": "degraded", "services": [service], "version": "1"}

    async def seen(roles: str) -> Any:
        return (await (await (await site.signed_in(roles)).get("/api/v1/health")).json())["services"]

    assert await seen("administrator") == [service]
    assert await seen("rule_operator") == [{"name": "broker", "state": "down", "since": None}]


# ---- OpenAPI


async def test_the_api_describes_itself(site: Site) -> None:
    answered = await (await site.signed_in()).get("/api/v1/openapi.json")
    document = await answered.json()
    assert document["openapi"] == "3.1.0"
    assert set(document["paths"]) == {route.path for route in API}
    assert document["paths"]["/api/v1/session"]["post"]["security"] == []


def test_every_reference_of_the_description_leads_somewhere() -> None:
    document = describe(API)
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}

    def references(node: Any) -> set[str]:
        if isinstance(node, dict):
            own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
            return own.union(*map(references, node.values()))
        return set().union(*map(references, node)) if isinstance(node, list) else set()

    assert references(document) <= known
    assert len(known) > 20


async def test_settings_say_what_a_demonstration_is(site: Site) -> None:
    site.settings = replace(site.settings, demo=True, speech_demo_languages=("zh-CN", "en"))
    me = await (await (await site.signed_in()).get("/api/v1/session")).json()
    assert me["site"] == {
        "name": "hz",
        "demo": True,
        "training": False,
        "speech_demo_languages": ["zh-CN", "en"],
    }
