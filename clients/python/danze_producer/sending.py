"""What waits in the spool goes to Kafka, in order per subject, however often the broker goes away.

Actions are sent in waves, in which no subject stands twice: the next wave begins when Kafka has all of this one. So
nothing overtakes an earlier action of its subject, whatever the client retries, and what was sent twice is a duplicate.
"""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec
from kafka import KafkaProducer
from kafka.errors import KafkaError
from kafka.net.compat import KafkaNetClient

from danze_producer.spool import Place, Spool, Waiting

LONGEST = 4 << 20
"""Bytes of a record: an action of 1 MiB, sealed, with room to spare."""
MOST = 500
"""Actions in a wave."""
PAUSES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds between attempts; the last one again and again."""
HEADERS = [("content-type", b"application/cloudevents+json; charset=UTF-8")]
SETTINGS: dict[str, Any] = {
    "acks": "all",
    "enable_idempotence": True,
    "max_request_size": LONGEST,
    "bootstrap_timeout_ms": 5_000,
    "max_block_ms": 5_000,
    "request_timeout_ms": 10_000,
    "delivery_timeout_ms": 15_000,
    "reconnect_backoff_max_ms": 1_000,
    "allow_auto_create_topics": False,
}
log = logging.getLogger("danze_producer")
logging.getLogger("kafka").addHandler(
    logging.NullHandler()
)  # else it writes to standard error where nobody set up logs


class _Addressed(msgspec.Struct):
    subject: str


class Sender(threading.Thread):
    """Sends until it is stopped. `trouble` says why it does not get on, and is empty while it does."""

    def __init__(self, spool: Spool, topic: str, settings: dict[str, Any]) -> None:
        super().__init__(name="danze-producer", daemon=True)
        self.trouble = ""
        self._spool = spool
        self._topic = topic
        self._settings = {**SETTINGS, **settings}
        self._subject = msgspec.json.Decoder(_Addressed).decode
        self._kafka: KafkaProducer | None = None
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._ended = False

    def wake(self) -> None:
        """There is something to send."""
        with self._changed:
            self._changed.notify_all()

    def wait_until_sent(self, timeout: float | None) -> bool:
        """Whether Kafka has all that was kept before the time was over."""
        with self._changed:
            self._changed.wait_for(lambda: not self._spool.waiting or self._ended, timeout)
        return not self._spool.waiting

    def stop(self) -> None:
        """Ends it; what was not acknowledged yet stays in the spool."""
        self._stopping.set()
        self.wake()
        self.join()

    def run(self) -> None:
        try:
            while not self._stopping.is_set():
                waiting = self._spool.next() if self._spool.waiting else []
                if waiting:
                    self._send(waiting)
                    continue
                with self._changed:
                    self._changed.wait_for(lambda: self._spool.waiting or self._stopping.is_set())
        except Exception as error:
            self.trouble = f"sending ended: {error}"
            log.exception("sending ended")
        finally:
            self._ended = True
            self.wake()
            self._disconnect()

    def _send(self, waiting: list[Waiting]) -> None:
        """All of them, wave by wave."""
        wave: dict[str, Waiting] = {}
        for each in waiting:
            subject = self._subject(each.action).subject
            if subject in wave or len(wave) == MOST:
                if not self._sent(wave):
                    return
                wave = {}
            wave[subject] = each
        self._sent(wave)

    def _sent(self, wave: dict[str, Waiting]) -> bool:
        """Whether Kafka has the whole wave; False only when stopped."""
        missing, attempt = dict(wave), 0
        while not self._stopping.is_set():
            missing = self._attempt(missing)
            if not missing:
                self.trouble = ""
                upto: Place = max(each.upto for each in wave.values())
                self._spool.sent(len(wave), upto)
                self.wake()
                return True
            if attempt == 0:
                log.warning("%s; %d actions wait in %s", self.trouble, self._spool.waiting, self._spool.folder)
            self._disconnect()
            self._stopping.wait(PAUSES[min(attempt, len(PAUSES) - 1)])
            attempt += 1
        return False

    def _attempt(self, wave: dict[str, Waiting]) -> dict[str, Waiting]:
        """Sends a wave once; answers those that Kafka did not acknowledge, and says why in `trouble`."""
        futures = {}
        try:
            kafka = self._kafka = self._kafka or connected(self._settings)
            for subject, each in wave.items():
                futures[subject] = kafka.send(self._topic, each.action, subject.encode(), HEADERS)
        except (KafkaError, OSError, ValueError) as error:
            self.trouble = _sentence(error)
        for future in futures.values():
            while not (future.is_done or self._stopping.is_set()):
                with suppress(KafkaError):
                    future.get(0.2)
            if future.is_done and future.failed():
                self.trouble = _sentence(future.exception)
        return {
            subject: each
            for subject, each in wave.items()
            if subject not in futures or not (futures[subject].is_done and futures[subject].succeeded())
        }

    def _disconnect(self) -> None:
        kafka, self._kafka = self._kafka, None
        if kafka is not None:
            # close() alone waits for a broker that does not answer, raises, and leaves its thread running
            kafka._sender.force_close()  # noqa: SLF001 -- the library offers no other way
            with suppress(KafkaError, OSError):
                kafka.close(timeout=1)


def connected(settings: dict[str, Any], make: Callable[..., KafkaProducer] = KafkaProducer) -> KafkaProducer:
    """A producer that has met the cluster. kafka-python leaves a thread behind where it met none: it is ended here."""
    begun: list[KafkaNetClient] = []

    def remembered(**given: Any) -> KafkaNetClient:
        begun.append(KafkaNetClient(**given))
        return begun[-1]

    try:
        return make(kafka_client=remembered, **settings)
    except KafkaError:
        for each in begun:
            with suppress(KafkaError):
                each.close()
        raise


def _sentence(error: BaseException) -> str:
    return f"Kafka does not take it: {(str(error).splitlines() or [''])[0] or type(error).__name__}"
