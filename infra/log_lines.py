"""How processes say what they do: sentences for a person, or with DANZE_LOG=json one JSON object a line.

A line says `time`, `level`, `logger` and `said`, and what the sentence is about in fields of its own (records, code
of a refusal, id of an action, traceparent); never what anybody told the petition office, and no token.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import datetime

from domain.envelope import SHANGHAI

VARIABLE = "DANZE_LOG"
OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
"""What a log record has without any field of ours."""


class JsonLines(logging.Formatter):
    """One line a record."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "time": datetime.fromtimestamp(record.created, SHANGHAI).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(), "logger": record.name, "said": record.getMessage(),
        }  # fmt: skip
        told |= {name: value for name, value in vars(record).items() if name not in OWN}
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        line = json.dumps(told, ensure_ascii=False, default=str)
        return line.encode("utf-8", "backslashreplace").decode()  # half a character (\udce4), as in a broken path


def set_up(environ: Mapping[str, str]) -> None:
    """Lines on standard error where the environment asks for them; a ValueError where it asks for something else."""
    how = environ.get(VARIABLE, "text")
    if how not in ("text", "json"):
        raise ValueError(f"{VARIABLE}: {how!r} is neither text nor json")
    if how == "json":
        handler = logging.StreamHandler()
        handler.setFormatter(JsonLines())
        logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
        logging.getLogger("danze").setLevel(logging.INFO)


def in_json() -> bool:
    return any(isinstance(each.formatter, JsonLines) for each in logging.getLogger().handlers)
