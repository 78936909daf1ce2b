"""What people ask, of a real store with a story in it."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import date
from pathlib import Path

import pytest

from cli.wiring import System
from domain.codec import encode


@pytest.fixture
def after(tmp_path: Path) -> Iterator:
    """The answers after a story was taken as history; `until` is the day up to which the clock ran."""
    with ExitStack() as opened:

        def told(*actions, until: str | None = None):
            system = opened.enter_context(closing(System(f"sqlite:///{tmp_path}/{len(list(tmp_path.iterdir()))}.db")))
            intake = system.intake(history=True)
            outcomes = intake.take([encode(action) for action in actions])
            assert {each.outcome for each in outcomes} == {"recorded"}, outcomes
            if until is not None:
                intake.advance(date.fromisoformat(until))
            system.projector.catch_up()
            return system.answers

        yield told
