"""What befalls workers, broker, PostgreSQL and the lines between them. Each is healed after its `with`."""

from __future__ import annotations

import resource
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from tests.faults.distributed import Distributed
from tests.faults.embedded import filled

TOGETHER = (1, 1, 1, 1, 2, 2, 3)
"""How many are killed at the same moment."""
SLOW = 0.15
"""Seconds that each piece takes on a slow line, at most."""
YEAR = 366
"""Days by which the workers' time is wrong, at most."""
TIGHT = 24 << 20
"""At most so many bytes of memory more than a worker has."""


def _a_while(engine: Distributed) -> None:
    time.sleep(engine.random.random() * engine.longest)


@contextmanager
def kill(engine: Distributed) -> Iterator[None]:
    """kill -9 of one or some at the same moment: workers, brokers, PostgreSQL with all its processes."""
    servers = [*engine.brokers, engine.postgres]
    victims = engine.random.sample([*engine.engine.workers, *servers], engine.random.choice(TOGETHER))
    for victim in victims:
        if isinstance(victim, str):
            engine.engine.kill(victim)
        else:
            victim.kill()
            engine.down.add(victim)
    yield
    time.sleep(engine.random.random() * 0.5)
    engine.revive([victim for victim in victims if isinstance(victim, str)])


@contextmanager
def cut(engine: Distributed) -> Iterator[None]:
    """Between workers and the broker, or the database, or both: nothing comes through, and nobody is told.

    Mended, connections live on, or the other side has forgotten them.
    """
    cut = engine.random.sample(engine.cables, engine.random.randint(1, len(engine.cables)))
    for line in cut:
        line.cut()
    yield
    _a_while(engine)
    for line in cut:
        line.mend()
        if engine.random.random() < 0.5:
            line.reset()


@contextmanager
def lost(engine: Distributed) -> Iterator[None]:
    """A batch is lost on its way to the broker or the database, or the answer to one that arrived, and is never had."""
    line = engine.random.choice(engine.cables)
    line.lose(back=engine.random.random() < 0.7)
    yield
    _a_while(engine)
    line.mend()


@contextmanager
def slow(engine: Distributed) -> Iterator[None]:
    """PostgreSQL answers late."""
    engine.database.delay = engine.random.random() * SLOW
    yield
    _a_while(engine)
    engine.database.mend()


@contextmanager
def flapping(engine: Distributed) -> Iterator[None]:
    """PostgreSQL's connections break, again and again."""
    yield
    for _ in range(engine.random.randint(2, 8)):
        engine.database.reset()
        time.sleep(engine.random.random() * 0.6)


@contextmanager
def full_disk(engine: Distributed) -> Iterator[None]:
    """PostgreSQL cannot write any more, and may end itself; then there is room again."""
    ballast = engine.disk / "ballast"
    filled(ballast, engine.random.randrange(2000) << 10)
    yield
    _a_while(engine)
    ballast.unlink()
    if not engine.postgres.stands():
        engine.postgres.start()


@contextmanager
def out_of_memory(engine: Distributed) -> Iterator[None]:
    """A worker gets no more memory than it has, or hardly more; its supervisor begins it anew."""
    worker = engine.engine.workers[engine.random.choice([*engine.engine.workers])]
    if worker.poll() is None:
        has = int(Path(f"/proc/{worker.pid}/statm").read_text().split()[0]) * resource.getpagesize()
        limit = has + engine.random.randrange(TIGHT)
        resource.prlimit(worker.pid, resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
    yield
    _a_while(engine)
    if worker.poll() is None:
        resource.prlimit(worker.pid, resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@contextmanager
def clock(engine: Distributed) -> Iterator[None]:
    """The time of the workers' machine is set ahead or back, and then right again."""
    engine.machine.set(engine.random.uniform(-YEAR, YEAR))
    yield
    _a_while(engine)
    engine.machine.set(0)


@contextmanager
def leader(engine: Distributed) -> Iterator[None]:
    """One of several brokers stops, and another leads its partitions; it comes again, and follows."""
    one = engine.random.choice(engine.brokers)
    (one.stop if engine.random.random() < 0.5 else one.kill)()
    yield
    _a_while(engine)
    one.start()


@contextmanager
def restore(engine: Distributed) -> Iterator[None]:
    """A backup with seals is made while all work, and more is recorded and published; then the store is lost, and
    restored beside Kafka, which knows more. Whoever sends does not hear of it.
    """
    backup = engine.folder / "backup"
    shutil.rmtree(backup, ignore_errors=True)
    assert engine.danze("seal").code == 0
    held = engine.danze("backup", backup, "--json").json["events"]
    engine.send_on()
    engine.through(lambda now: now.relayed > held)
    time.sleep(engine.random.random())
    engine.lost()
    yield
    _a_while(engine)
    engine.restored(backup)


FAULTS: dict[str, Callable[[Distributed], AbstractContextManager[None]]] = {
    "kill": kill, "cut": cut, "lost": lost, "slow": slow, "flapping": flapping, "full-disk": full_disk,
    "oom": out_of_memory, "clock": clock, "leader": leader, "restore": restore,
}  # fmt: skip
