"""The verb that sends refused actions again."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, nullcontext
from datetime import datetime
from operator import itemgetter
from typing import Annotated, Any, NamedTuple

import msgspec
import typer

from cli.files import Source
from cli.options import Json, Prefix, Store
from cli.screen import fail, moment, out, table, told
from cli.taking import BATCH
from cli.wiring import DEFAULT_STORE, System, kafka_settings, opened
from domain.codec import decode_action
from domain.envelope import CODES, Rejected
from infra.log.port import Rejection
from infra.log.times import micros
from infra.parts import parts
from infra.refused import sent

NUMBERS = re.compile(r"\d{1,15}(-\d{1,15})?(,\d{1,15}(-\d{1,15})?)*", re.ASCII)


class Again(NamedTuple):
    """An action that goes in again, or why it cannot; `number` is what it is kept under, or its line in the file."""

    number: int
    line: bytes | Rejected


def resubmit(
    file: Annotated[
        str | None, typer.Argument(help="Mended actions, NDJSON (what --rejected wrote will do); - is standard input. "
                                        "Without it: what the store has kept.")
    ] = None,
    store: Store = DEFAULT_STORE,
    code: Annotated[list[str] | None, typer.Option("--code", help="Only those refused with this code.")] = None,
    since: Annotated[str | None, typer.Option("--since", help="Only those refused at or after this time.")] = None,
    numbers: Annotated[str | None, typer.Option("--numbers", help="Only these, as in 3,5-9.")] = None,
    kafka: Annotated[
        str | None, typer.Option("--kafka", help="Send them to petition.actions at HOST:PORT, not to the store.")
    ] = None,
    prefix: Prefix = "",
    history: Annotated[bool, typer.Option("--history", help="A past, as for emit.")] = False,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Send refused actions again, mended or as they were. Exit code 1 where some are still refused."""
    if file is not None and (code or since or numbers):
        raise fail("--code, --since and --numbers choose among what the store has kept; a file is sent whole")
    if unknown := set(code or ()) - set(CODES):
        raise fail(f"--code: nothing is refused with {', '.join(sorted(unknown))}; codes are {', '.join(CODES)}")
    wanted, since_ = _numbers(numbers), moment(since, "--since")
    answer: dict[str, Any] = {"erased": []}
    with opened(store, create=False) as system, Source(file) if file is not None else nullcontext(()) as lines:
        if file is not None:
            chosen = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
        else:
            chosen = (
                (number, kept.body)
                for number, kept in _kept(system, since_)
                if (not code or kept.code in code) and (wanted is None or any(number in each for each in wanted))
            )
        again = _opened(system, chosen, answer)
        answer |= _published(system, again, kafka, prefix) if kafka else _taken(system, again, history=history)
    told(answer, as_json, _told)
    if answer.get("still_rejected") or answer["erased"]:
        raise typer.Exit(1)


def _kept(system: System, since: datetime | None) -> Iterator[tuple[int, Rejection]]:
    """What was refused up to now and has not been taken since under its source and id."""
    last, newest = 0, system.log.cut().refused
    while batch := [each for each in system.log.rejected(after=last) if each[0] <= newest]:
        last = batch[-1][0]
        taken = system.log.known([kept.key for _, kept, _ in batch])
        for number, kept, _ in batch:
            if kept.key not in taken and (since is None or kept.recorded >= micros(since)):
                yield number, kept


def _opened(system: System, kept: Iterable[tuple[int, bytes]], answer: dict[str, Any]) -> Iterator[Again]:
    for part in parts(kept, BATCH):
        key = system.vault.intake_key
        for number, body in part:
            line = sent(body.strip(), system.vault)
            if line is None:
                answer["erased"].append(number)
                continue
            if not isinstance(line, Rejected) and not isinstance(clear := key.opened(line), Rejected):
                line = clear
            yield Again(number, line)


def _taken(system: System, again: Iterator[Again], *, history: bool) -> dict[str, Any]:
    intake = system.intake(history=history)
    counts: Counter[str] = Counter({"recorded": 0, "duplicate": 0, "rejected": 0})
    still: list[dict[str, Any]] = []
    for batch in parts(again, BATCH):
        good, refused = _parted(batch)
        still += refused
        counts["rejected"] += len(refused)
        for (number, _), outcome in zip(good, intake.take([line for _, line in good]), strict=True):
            counts[outcome.outcome] += 1
            if outcome.rejection is not None:
                still.append(_still(number, outcome.rejection))
    system.projector.catch_up()
    return {**counts, "still_rejected": sorted(still, key=itemgetter("number"))}


def _parted(batch: list[Again]) -> tuple[list[tuple[int, bytes]], list[dict[str, Any]]]:
    """Those that go in again, and those that do not."""
    good: list[tuple[int, bytes]] = []
    refused: list[dict[str, Any]] = []
    for number, line in batch:
        if isinstance(line, Rejected):
            refused.append(_still(number, line))
        else:
            good.append((number, line))
    return good, refused


def _published(system: System, again: Iterator[Again], kafka: str, prefix: str) -> dict[str, Any]:
    """What cannot be understood is not sent: it would be refused again, and nobody knows what to seal in it."""
    from infra.kafka.publisher import Publisher, Record
    from infra.kafka.topics import Topics
    from infra.vault.sealed_box import Envelope

    envelope, topic = Envelope(system.vault.intake_key.public), Topics(prefix).actions
    count, still = 0, list[dict[str, Any]]()
    with closing(Publisher(kafka_settings(kafka))) as publisher:
        for batch in parts(again, BATCH):
            good, refused = _parted(batch)
            still += refused
            records: list[Record] = []
            for number, line in good:
                action = decode_action(line)
                if isinstance(action, Rejected):
                    still.append(_still(number, action))
                else:
                    records.append((topic, action.subject.encode(), envelope.closed(line), []))
            count += publisher.send(records)
    return {"sent": count, "still_rejected": sorted(still, key=itemgetter("number"))}


def _still(number: int, rejection: Rejected) -> dict[str, Any]:
    return {"number": number, "rejection": msgspec.to_builtins(rejection)}


def _numbers(text: str | None) -> list[range] | None:
    if text is None:
        return None
    if not NUMBERS.fullmatch(text):
        raise fail(f"--numbers {text!r} is no list of numbers; write for example 3,5-9")
    spans = [each.partition("-") for each in text.split(",")]
    return [range(int(first), int(last or first) + 1) for first, _, last in spans]


def _told(answer: dict[str, Any]) -> None:
    if "sent" in answer:
        out.print(f"sent {answer['sent']} to petition.actions; what is refused again comes to petition.rejected")
    else:
        out.print(f"recorded {answer['recorded']}, duplicate {answer['duplicate']}, rejected {answer['rejected']}")
    if answer["erased"]:
        out.print(f"erased since, not sent: {', '.join(map(str, answer['erased']))}")
    if still := answer.get("still_rejected"):
        rows = ((e["number"], *(e["rejection"][name] for name in ("code", "path", "message"))) for e in still)
        table("still rejected", ("number", "code", "path", "message"), rows)
