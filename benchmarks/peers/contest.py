"""One contestant: folds a topic of events from its beginning and says how long that took.

    python contest.py NAME BROKER TOPIC EVENTS

Every contestant does the same with each event: decodes it and folds it into the states of items and findings with
danze's own `Fold`, in memory, in the way its framework goes about it quickest (no state store, no changelog). The clock
runs from the first event to the last. Prints one line of JSON.
"""

import gc
import json
import os
import resource
import sys
import time
from operator import itemgetter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from domain.codec import seer
from projections.fold import Fold, streams

gc.set_threshold(50_000, 25, 100)  # for every contestant, as danze's workers do

NAME, BROKER, TOPIC, EVENTS = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])


class Count:
    """Folds and counts; ends the process when all events are in."""

    def __init__(self) -> None:
        self.fold = Fold()
        self.seen = 0
        self.began = 0.0

    def take(self, records) -> None:
        """`records` are (key, headers, value)."""
        if not self.began:
            self.began, self.cpu = time.perf_counter(), _cpu()
        records = list(records)
        subjects = streams(records, itemgetter(0))
        self.fold.take({subject.decode(): map(seen, stream) for subject, stream in subjects.items()})
        self.seen += len(records)
        if self.seen >= EVENTS:
            self.done()

    def done(self) -> None:
        seconds, cpu = time.perf_counter() - self.began, _cpu() - self.cpu
        rows = len(self.fold.changes().cases)
        print(
            json.dumps({"name": NAME, "events": self.seen, "seconds": seconds, "cpu": cpu, "items": rows}), flush=True
        )
        os._exit(0)


def seen(record):
    _, headers, value = record
    told = dict(headers)
    event = seer(told["type"])(value)
    event.position = int(told["position"])
    return event


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


count = Count()


def aiokafka_loop() -> None:
    import asyncio

    from aiokafka import AIOKafkaConsumer

    async def main() -> None:
        consumer = AIOKafkaConsumer(
            TOPIC, bootstrap_servers=BROKER, group_id=f"{NAME}-{time.time()}", auto_offset_reset="earliest",
            enable_auto_commit=False, max_partition_fetch_bytes=8 << 20,
        )  # fmt: skip
        await consumer.start()
        while True:
            for records in (await consumer.getmany(timeout_ms=1000, max_records=5000)).values():
                count.take((record.key, record.headers, record.value) for record in records)

    asyncio.run(main())


def stock_faust() -> None:
    import faust

    app = faust.App(
        f"{NAME}-{time.time()}", broker=f"kafka://{BROKER}", store="memory://", web_enabled=False,
        topic_allow_declare=False, topic_disable_leader=True, value_serializer="raw", key_serializer="raw",
        consumer_auto_offset_reset="earliest",
    )  # fmt: skip

    @app.agent(app.topic(TOPIC, value_serializer="raw"))
    async def agent(stream) -> None:
        async for event in stream.events():
            count.take([(event.message.key, event.headers, event.value)])

    faust.Worker(app, loglevel="ERROR", override_logging=False, quiet=True).execute_from_commandline()


def quix() -> None:
    from quixstreams import Application

    app = Application(
        broker_address=BROKER, consumer_group=f"{NAME}-{time.time()}", auto_offset_reset="earliest", loglevel="ERROR",
        auto_create_topics=False, use_changelog_topics=False,
    )  # fmt: skip
    frame = app.dataframe(app.topic(TOPIC, value_deserializer="bytes", key_deserializer="bytes"))
    frame.update(lambda value, key, timestamp, headers: count.take([(key, headers, value)]), metadata=True)
    app.run()


def bytewax() -> None:
    from bytewax import operators as op
    from bytewax.connectors.kafka import KafkaSource
    from bytewax.dataflow import Dataflow
    from bytewax.testing import TestingSink, run_main

    flow = Dataflow("contest")
    stream = op.input("events", flow, KafkaSource([BROKER], [TOPIC], batch_size=5000))
    folded = op.flat_map_batch(
        "fold", stream, lambda batch: count.take((m.key, m.headers, m.value) for m in batch) or []
    )
    op.output("nowhere", folded, TestingSink([]))
    run_main(flow)


{"aiokafka": aiokafka_loop, "faust": stock_faust, "quix": quix, "bytewax": bytewax}[NAME]()
