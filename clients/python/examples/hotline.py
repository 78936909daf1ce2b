"""A hotline's clerk notes a call: it is on disk at once, and in danze as soon as Kafka is there."""

import sys

from danze_producer import Producer, Refused

broker, spool, no, title = sys.argv[1:]
with Producer(broker, "/hotline/12345", spool=spool, actor="official:hotline-7", unit="unit:430408-xfj") as danze:
    try:
        id = danze.emit(
            "petition.registered.v1", f"petition:{no}",
            {
                "channel": "phone", "purpose": "settlement", "category": "城乡建设", "place": "430408", "persons": 1,
                "petitioners": ["person:9f3a"], "title": title,
            },
        )  # fmt: skip
    except Refused as why:
        sys.exit(f"not sent: {why}")
    danze.flush(timeout=30)
print(f"sent {id}")
