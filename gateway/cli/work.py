"""`intake110 work`: hears recordings a second time, for every gateway of a PostgreSQL database."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import structlog
import typer

from gateway import config, logs, settings
from gateway.clock import SystemClock
from gateway.config import Config
from gateway.speech.languages import ACCURATE, DEFAULT, Languages
from gateway.speech.models import ModelCard, ModelError, check_all
from gateway.speech.pool import Pool
from gateway.speech.queued import Hearer
from gateway.store.reviews import Reviews
from gateway.store.store import open_store

app = typer.Typer()
log = structlog.get_logger(__name__)


@app.command(
    epilog="Example:  intake110 work -c /etc/intake110/gateway.toml  ·  speech.second_pass is cluster there "
    "and in the gateways' own file; archive.folder holds the same recordings on every machine."
)
def work(
    configuration: Path = typer.Option(
        Path("conf/gateway.toml"), "-c", "--config", help="gateway.toml: its [store], [archive] and [speech]."
    ),
) -> None:
    """Take second passes from the queue and hear them with the accurate model, until told to stop.

    Any number of machines may do this; a job whose worker dies goes to another. Needs the extra `cluster`.
    """
    loaded = config.load(configuration)
    logs.configure(loaded.log.level, loaded.log.format)
    asyncio.run(_work(loaded))


async def _work(loaded: Config) -> None:
    from gateway.speech.cluster import Queue

    clock, told = SystemClock(), settings.listener(loaded)
    cards, faults = check_all(told.models(), needed=DEFAULT)
    pool = Pool(models=told.models(), workers=told.processes(), clock=clock)
    for key, fault in faults.items():
        pool.leave_out(key, fault)
    store = await open_store(loaded.store_url())
    try:
        async with Queue(loaded.store_url(), clock) as queue:
            await pool.start()
            languages = _languages(cards, pool)
            results = Reviews(store.database)
            hearer = Hearer(pool, languages, kept=loaded.archive.folder, results=results, clock=clock)
            log.info("the worker waits for recordings", at_once=told.processes(), model=languages.model_ids)
            await queue.work(hearer, at_once=told.processes())
    finally:
        await pool.close()
        await store.close()


def _languages(cards: Mapping[str, ModelCard], pool: Pool) -> Languages:
    """The models that hear; without the accurate one this worker would be of no use. Raises ModelError."""
    if (fault := pool.left_out.get(ACCURATE)) is not None:
        raise ModelError(fault)
    for key, fault in pool.left_out.items():
        log.error("speech model is left out, the others go on", model=key, reason=fault)
    return Languages(
        model_ids={key: card.model_id for key, card in cards.items() if key not in pool.left_out},
        default_language=cards[DEFAULT].language,
        left_out=dict(pool.left_out),
    )
