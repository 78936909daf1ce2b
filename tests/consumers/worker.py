"""A worker that writes down `partition value`, line by line: kafka_url topic file."""

import asyncio
import sys
from pathlib import Path

from consumers.batching import SCHEME, batching_app, run


def main(kafka_url, topic, path):
    def write(batches):
        with Path(path).open("a") as out:
            for batch in batches:
                for record in batch.records:
                    if record.value == b"poison":
                        raise ValueError("poison")
                    out.write(f"{batch.partition} {record.value.decode()}\n")

    async def work(batches):
        await asyncio.to_thread(write, batches)

    run(batching_app(topic, {"broker": [f"{SCHEME}://{kafka_url}"]}, topic=topic, work=work, session_seconds=6))


if __name__ == "__main__":
    main(*sys.argv[1:])
