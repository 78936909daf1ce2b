"""A worker that writes down `partition value`, line by line: kafka_url topic file, and when it gives up.

The last argument: how many seconds go by between what ends it and the first stop, as on a busy machine.
"""

import asyncio
import sys
import time
from pathlib import Path

from consumers import running
from consumers.batching import SCHEME, batching_app, run
from tests.patience import PATIENCE


def main(kafka_url, topic, path, last=running.LAST_SECONDS, busy=0):
    running.LAST_SECONDS = float(last)
    until_it_ends = running._until_it_ends

    async def until_it_ended(app):
        await until_it_ends(app)
        await asyncio.sleep(float(busy))

    running._until_it_ends = until_it_ended

    def write(batches, loop):
        with Path(path).open("a") as out:
            for batch in batches:
                for record in batch.records:
                    if record.value == b"poison":
                        raise ValueError("poison")
                    if record.value == b"stuck":
                        Path(f"{path}.stuck").touch()
                        time.sleep(10 * PATIENCE)
                    if record.value == b"poison, and stuck":
                        loop.call_soon_threadsafe(loop.run_in_executor, None, time.sleep, 10 * PATIENCE)
                        raise ValueError("poison")
                    out.write(f"{batch.partition} {record.value.decode()}\n")

    async def work(batches):
        await asyncio.to_thread(write, batches, asyncio.get_running_loop())

    run(batching_app(topic, {"broker": [f"{SCHEME}://{kafka_url}"]}, topic=topic, work=work, session_seconds=6))


if __name__ == "__main__":
    main(*sys.argv[1:])
