"""The workers on Kafka: each reads batches, decides or folds them, and is done with them when that is saved."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, Protocol

from consumers.batching import Batch, Batches, Progress, batching_app
from consumers.intake import Intake
from consumers.patience import Patience
from consumers.projector import Projector

CAUGHT_UP_SECONDS = 0.25
"""How often it is asked whether partitions are read to their end."""
ALIVE_SECONDS = 5.0


class Watch(Protocol):
    """Who is told of a worker's work."""

    def batches(self, batches: Sequence[Batch], /) -> AbstractContextManager[None]:
        """Goes around what is done with them."""
        ...

    def behind(self, records: int, /) -> None:
        """How many records wait."""
        ...


def intake_worker(
    name: str, kafka: Mapping[str, Any], intake: Intake, patience: Patience, *, topic: str,
    alive: Callable[[], None], watch: Watch, instance: str | None = None,
) -> Batches:  # fmt: skip
    """Takes the actions of `topic` to the log. `alive` asks the store for a sign of life, now and then."""

    def take(batches: Sequence[Batch]) -> None:
        with watch.batches(batches):
            intake.take(batches)

    async def work(batches: Sequence[Batch]) -> None:
        await patience.done(partial(take, batches))

    async def starting_offsets(partitions: AbstractSet[int]) -> Mapping[int, int]:
        """Where the log is, if Kafka is further: the log was restored from a backup, and knows nothing of the rest."""
        places = await patience.done(partial(intake.places, partitions))
        committed = await app.committed(partitions)
        return {each: place for each, place in places.items() if place < committed.get(each, place + 1)}

    app = batching_app(name, kafka, topic=topic, work=work, starting_offsets=starting_offsets, instance=instance)

    async def beat() -> None:
        await patience.done(alive)
        watch.behind(waiting(await app.progress()))

    app.timer(ALIVE_SECONDS)(beat)
    return app


def project_worker(
    name: str, kafka: Mapping[str, Any], projector: Projector, patience: Patience, *, topic: str,
    relayed: Callable[[], int], alive: Callable[[], None], watch: Watch, instance: str | None = None,
) -> Batches:  # fmt: skip
    """Folds the events of `topic` into the read models. `relayed` tells up to which position the log lies there;
    `alive` is told when partitions and store have answered.
    """

    def fold(batches: Sequence[Batch]) -> None:
        with watch.batches(batches):
            projector.fold(batches)

    async def work(batches: Sequence[Batch]) -> None:
        await patience.done(partial(fold, batches))

    def begin_with(partitions: AbstractSet[int]) -> Mapping[int, int]:
        projector.let_go(set(projector.held) - partitions)
        return projector.take_over(partitions)

    async def starting_offsets(partitions: AbstractSet[int]) -> Mapping[int, int]:
        return await patience.done(partial(begin_with, partitions))

    app = batching_app(name, kafka, topic=topic, work=work, starting_offsets=starting_offsets, instance=instance)

    async def caught_up() -> None:
        position = await patience.done(relayed)
        progress = await app.progress()
        ends = {partition: each.end for partition, each in progress.items()}
        await patience.done(partial(projector.caught_up, ends, position))
        watch.behind(waiting(progress))
        alive()

    app.timer(CAUGHT_UP_SECONDS)(caught_up)
    return app


def waiting(progress: Mapping[int, Progress]) -> int:
    """Records of all partitions that were not taken yet; of one that was never polled nothing is known."""
    return sum(max(0, each.end - each.done) for each in progress.values() if each.done is not None)
