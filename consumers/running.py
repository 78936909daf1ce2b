"""Runs a Faust app inside a command of ours: no Faust command line, no web server, and what ends it is raised."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from contextlib import suppress
from threading import Event, Timer
from typing import Any

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError
from faust.transport.drivers import aiokafka as driver

log = logging.getLogger("danze.workers")
RETRY_SECONDS = 2.0
LOOK_SECONDS = 0.2
STOP_SECONDS = 30.0
LAST_SECONDS = 45.0
"""After so long what is in hand is let go, as by a kill: a store that does not answer holds its thread for ever."""
SAID_AGAIN_SECONDS = 60.0


class BrokerRefuses(Exception):
    """What the broker will not let a worker do, in a sentence: somebody must mend a setting or a right."""


class Seldom(logging.Filter):
    """What the client says at each attempt while a broker is away passes once a minute, a sentence; all else always.

    That a broker refuses or is away is nothing to be mended in a program: where in it this came up is not told.
    """

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[object, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        said, refused = record.msg, record.exc_info[1] if record.exc_info else None
        if isinstance(refused, KafkaError) and record.name.startswith(("aiokafka", "asyncio")):
            record.msg, record.args = f"{record.getMessage().splitlines()[0]} ({refused})", ()
            record.exc_info = record.exc_text = None
        elif not record.name.startswith("aiokafka"):
            return True
        last = self._said.get(said)
        if last is not None and record.created - last < SAID_AGAIN_SECONDS:
            return False
        self._said[said] = record.created
        return True


def run(app: Any, stop: Event | None = None) -> None:
    """Runs until `stop` is set; without one, until SIGTERM or SIGINT.

    Raises what ended it otherwise, `BrokerRefuses` where the broker did; what was not done is read again next time.

    Where the end takes longer than LAST_SECONDS the process ends all the same, with exit code 1, and says why it ended.

    Waits for the broker and for the topic if they are not there yet, and says so.
    """
    if not logging.getLogger().handlers:
        logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    for handler in logging.getLogger().handlers:
        handler.addFilter(Seldom())
    logging.getLogger("faust").setLevel(logging.CRITICAL)  # it logs at every service what is raised here
    logging.getLogger("mode").setLevel(logging.CRITICAL)
    last = Timer(LAST_SECONDS, _gives_up, (app,))
    last.daemon = True
    try:
        asyncio.run(_run(app, stop, last))
    except KafkaError as error:
        raise BrokerRefuses(f"Kafka does not let {app.conf.name} go on: {error}") from error
    finally:
        last.cancel()


def _gives_up(app: Any) -> None:
    """What ended it can be raised no more, and is told here."""
    failure = _failure(app)
    why = "" if failure is None else f" after {type(failure).__name__}: {failure}"
    said = "%s did not end within %d s%s; what it had in hand is read again"
    try:
        log.error(said, app.conf.name, LAST_SECONDS, why, exc_info=failure)
    finally:
        os._exit(1)


def _failure(app: Any) -> BaseException | None:
    """What ended it; None where it was asked to end."""
    failure: BaseException | None = app.failure or app.crash_reason
    return failure


async def _run(app: Any, stop: Event | None, last: Timer) -> None:
    app.loop = asyncio.get_running_loop()
    asked = asyncio.Event()
    if stop is None:
        for each in (signal.SIGTERM, signal.SIGINT):
            app.loop.add_signal_handler(each, asked.set)
    app.finalize()
    async with asyncio.TaskGroup() as tasks:
        stopping = tasks.create_task(asked.wait() if stop is None else _set(stop))
        running = tasks.create_task(_until_it_ends(app))
        await asyncio.wait({stopping, running}, return_when=asyncio.FIRST_COMPLETED)
        with suppress(RuntimeError):  # no memory for a thread, which may be why it ends
            last.start()
        try:
            await asyncio.wait_for(app.stop(), STOP_SECONDS)
        except TimeoutError:
            log.warning("%s did not stop within %d s", app.conf.name, STOP_SECONDS)
        stopping.cancel()
        running.cancel()
    if (failure := _failure(app)) is not None:
        raise failure


async def _set(stop: Event) -> bool:
    """A signal that comes just before the loop waits wakes nobody, and is heard at its next turn only."""
    while not stop.is_set():  # noqa: ASYNC110 -- it is set by another thread
        await asyncio.sleep(LOOK_SECONDS)
    return True


async def _until_it_ends(app: Any) -> None:
    await _ready(app)
    try:
        await app.start()
    except Exception as error:  # noqa: BLE001 -- any; raised by run
        app.failure = app.failure or error
        return
    await app.wait_until_stopped()


async def _ready(app: Any) -> None:
    """Returns when the broker answers and has the topics; says what is missing, once for each reason."""
    said = None
    while (missing := await _missing(app)) is not None:
        if missing != said:
            log.warning("%s; trying again until it works", missing)
            said = missing
        await asyncio.sleep(RETRY_SECONDS)


async def _missing(app: Any) -> str | None:
    servers = driver.server_list(app.transport.url, app.transport.default_port)
    auth = driver.credentials_to_aiokafka_auth(app.conf.broker_credentials, app.conf.ssl_context)
    client = AIOKafkaClient(bootstrap_servers=servers, **auth)
    logger = logging.getLogger("aiokafka")
    level = logger.level
    logger.setLevel(logging.CRITICAL)  # it logs every attempt; ours is one sentence
    try:
        await client.bootstrap()
        there = (await client.fetch_all_metadata()).topics()
    except KafkaError as error:
        return f"no Kafka broker to be reached at {', '.join(servers)} ({error})"
    finally:
        with suppress(KafkaError):
            await client.close()
        logger.setLevel(level)
    lacking = sorted(set(app.batches.topics) - there)
    return f"there is no topic {', '.join(lacking)} at {', '.join(servers)}" if lacking else None
