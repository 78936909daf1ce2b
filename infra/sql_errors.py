"""Errors that SQLAlchemy meets on an engine reach the caller as a StoreError with one sentence."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext

from infra.postgres import trouble

Sentence = Callable[[BaseException], str]


def speaking(engine: Engine, sentence: Sentence) -> Engine:
    """The same engine; what its driver raises is told in a sentence."""

    @event.listens_for(engine, "handle_error")
    def _tell(context: ExceptionContext) -> None:
        error = context.original_exception
        if isinstance(error, engine.dialect.loaded_dbapi.Error):
            raise trouble(sentence(error), error) from error

    return engine
