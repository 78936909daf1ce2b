"""What an operator reads while a broker is away."""

import asyncio
import logging
import threading
import time

import pytest
from aiokafka.errors import GroupCoordinatorNotAvailableError, TopicAuthorizationFailedError
from mode.threads import WorkerThread

from consumers import patience, running
from consumers.batch_thread import BatchThread
from consumers.batching import SCHEME, batching_app, run
from consumers.running import SAID_AGAIN_SECONDS, BrokerRefuses, Seldom
from infra.kafka.publisher import Publisher
from infra.kafka.settings import KafkaSettings
from tests.consumers.members import Seen
from tests.patience import until
from tests.servers import free_port


def said(name, message, at):
    record = logging.LogRecord(name, logging.ERROR, "", 0, message, (), None)
    record.created = at
    return record


@pytest.mark.parametrize(
    ("name", "later", "passes"),
    [
        ("aiokafka", 1, False),
        ("aiokafka.consumer.fetcher", 1, False),
        ("aiokafka", SAID_AGAIN_SECONDS, True),
        ("danze.dead_letters", 1, True),
    ],
)
def test_the_client_says_the_same_once_a_minute_and_we_say_all(name, later, passes):
    seldom = Seldom()
    assert seldom.filter(said(name, "Unable connect to node with id %s", 1000))
    assert seldom.filter(said(name, "Unable connect to node with id %s", 1000 + later)) is passes
    assert seldom.filter(said(name, "another sentence", 1000 + later))


@pytest.mark.parametrize("name", ["aiokafka.consumer.group_coordinator", "asyncio"])
def test_what_a_broker_refused_is_a_sentence_and_no_traceback(name):
    refused = GroupCoordinatorNotAvailableError("consumers")
    record = said(name, "Commit of %s failed\nin a task", 1000)
    record.args, record.exc_info = ("offsets",), (type(refused), refused, None)
    assert Seldom().filter(record)
    told = logging.Formatter("%(message)s").format(record)
    assert told == f"Commit of offsets failed ({refused})"


def test_a_fault_of_the_program_keeps_its_traceback():
    record = said("asyncio", "Task exception was never retrieved", 1000)
    record.exc_info = (KeyError, KeyError("x"), None)
    assert Seldom().filter(record)
    assert "KeyError" in logging.Formatter("%(message)s").format(record)


def test_who_was_asked_to_end_before_it_began_ends():
    """Nor does it wait for a broker first."""
    stop = threading.Event()
    stop.set()
    broker = f"{SCHEME}://127.0.0.1:{free_port()}"
    run(batching_app("early", {"broker": [broker]}, topic="events"), stop)


def test_where_there_is_no_memory_for_a_thread_more_it_ends_all_the_same(monkeypatch):
    """Memory may be why it ends: that is told, and not that its end could not be watched over."""

    def nothing_left(timer):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Timer, "start", nothing_left)
    stop = threading.Event()
    stop.set()
    app = batching_app("full", {"broker": [f"{SCHEME}://127.0.0.1:{free_port()}"]}, topic="events")
    app.failure = MemoryError()
    with pytest.raises(MemoryError):
        run(app, stop)


@pytest.mark.kafka
def test_who_is_asked_to_end_while_it_begins_leaves_no_thread_behind(kafka_url, new_topic, monkeypatch):
    """On a busy machine the thread of the consumer has its turn late: Faust passed over it, and it never ended."""
    stop, begins = threading.Event(), BatchThread._start_thread

    def late(thread):
        stop.set()
        time.sleep(0.5)
        begins(thread)

    monkeypatch.setattr(BatchThread, "_start_thread", late)
    topic = new_topic()
    run(batching_app(topic, {"broker": [f"{SCHEME}://{kafka_url}"]}, topic=topic, work=Seen()), stop)
    assert not [each for each in threading.enumerate() if isinstance(each, WorkerThread)]


def test_a_broker_that_goes_away_while_a_worker_begins_is_waited_for(monkeypatch, caplog):
    stop, gone = threading.Event(), free_port()

    async def was_there(_):
        threading.Thread(target=lambda: (until(lambda: "broker went away" in caplog.text), stop.set())).start()

    monkeypatch.setattr(running, "_ready", was_there)
    broker = f"{SCHEME}://127.0.0.1:{gone}"
    run(batching_app("begins", {"broker": [broker]}, topic="events", work=Seen()), stop)
    assert "Traceback" not in caplog.text


@pytest.mark.kafka
def test_what_a_broker_never_lets_a_worker_do_is_a_sentence(kafka_url, new_topic):
    async def refused(_):
        raise TopicAuthorizationFailedError("petition.actions")

    topic = new_topic()
    with Publisher(KafkaSettings((kafka_url,))) as publisher:
        publisher.send([(topic, b"k", b"v", [])])
    said = f"Kafka does not let {topic} go on: .*TopicAuthorizationFailedError: petition.actions"
    with pytest.raises(BrokerRefuses, match=said):
        run(batching_app(topic, {"broker": [f"{SCHEME}://{kafka_url}"]}, topic=topic, work=refused))


def test_what_is_in_the_way_of_work_is_said_once_for_each_reason(monkeypatch, caplog):
    monkeypatch.setattr(patience, "PAUSES", (0.01,))
    troubles = [OSError("refused (1)"), OSError("refused (2)"), OSError("password authentication failed")]

    def work():
        if troubles:
            raise troubles.pop(0)
        return "done"

    assert asyncio.run(patience.Patience(OSError).done(work)) == "done"
    assert caplog.messages == [
        "refused (1); trying again until it works", "password authentication failed; trying again until it works",
        "works again",
    ]  # fmt: skip
