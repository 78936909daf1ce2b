"""`danze emit --kafka`: actions are checked here, their personal fields sealed, and sent to petition.actions."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from cli.files import Refusals, Source
from cli.screen import bar, err, fail, out, told
from cli.wiring import DEFAULT_STORE, kafka_settings
from domain.codec import decode_action
from domain.envelope import Rejected
from infra.kafka.settings import KafkaProblem
from infra.parts import parts

if TYPE_CHECKING:
    from infra.kafka.publisher import Record
    from infra.vault.sealed_box import Envelope

BATCH = 1_000
"""Actions of which Kafka has acknowledged all before the next are read."""
STRUCTURED = [("content-type", b"application/cloudevents+json; charset=UTF-8")]


def send(file: str, kafka: str, prefix: str, *, intake_key: str | None, rejected: Path | None, as_json: bool) -> None:
    """Sends a file, in its order. Exit code 1 where some were refused here; they are in `rejected`, with the reason."""
    from infra.kafka.publisher import Publisher
    from infra.kafka.topics import Topics

    counts = {"sent": 0, "rejected": 0}
    settings, envelope, topic = kafka_settings(kafka), _envelope(intake_key), Topics(prefix).actions
    refusals = Refusals(rejected, file, DEFAULT_STORE)
    with Source(file) as source, Publisher(settings) as publisher, refusals, bar("emit") as progress:
        lines = (line.strip() for line in source if line.strip())
        try:
            for batch in parts(lines, BATCH):
                good: list[Record] = []
                for line in batch:
                    checked = _checked(line, envelope)
                    if isinstance(checked, Rejected):
                        counts["rejected"] += 1
                        refusals(line, checked)
                    else:
                        good.append((topic, *checked, STRUCTURED))
                counts["sent"] += publisher.send(good)
                progress(sum(counts.values()), 0)
        except KafkaProblem as problem:
            raise type(problem)(f"{problem}; {_again(counts)}") from None
        except KeyboardInterrupt:
            err.print(f"danze: interrupted; {_again(counts)}")
            raise typer.Exit(130) from None
    told(counts, as_json, lambda c: out.print(f"sent {c['sent']}, rejected {c['rejected']}"))
    refusals.told()


def _checked(line: bytes, envelope: "Envelope | None") -> tuple[bytes, bytes] | Rejected:
    """Key and value of the record."""
    from infra.vault.sealed_box import in_clear

    action = decode_action(line)
    if isinstance(action, Rejected):
        return action
    if envelope is not None:
        line = envelope.closed(line)
    elif in_clear(line):
        why = "personal fields are not sent in clear: give --intake-key what `danze keys` prints where the intake runs"
        return Rejected("bad-value", why, "$.data.personal")
    return action.subject.encode(), line


def _envelope(intake_key: str | None) -> "Envelope | None":
    if not intake_key:
        return None
    from infra.vault.sealed_box import Envelope

    try:
        return Envelope(intake_key)
    except ValueError as error:
        raise fail(f"--intake-key: {error}") from None


def _again(counts: dict[str, int]) -> str:
    return f"sent so far: {counts['sent']}. Send the same again: what was sent counts as duplicate"
