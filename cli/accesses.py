"""`danze access`: who read what through HTTP, and who was turned away."""

from contextlib import closing
from typing import Annotated, Any, Literal

import msgspec
import typer

from cli.options import POSITIONS, Json, Store
from cli.screen import fail, out, told
from cli.wiring import DEFAULT_STORE
from infra.doors.access import access_log
from infra.log.port import StoreMissing
from infra.log.urls import parse


def access(
    store: Store = DEFAULT_STORE,
    after: Annotated[int, typer.Option("--from", min=1, max=POSITIONS, help="The first place wanted.")] = 1,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many places are looked through.")] = 1_000,
    kind: Annotated[Literal["read", "personal", "denied"] | None, typer.Option(help="Only such accesses.")] = None,
    who: Annotated[str | None, typer.Option(help="Only of this reader: token:ID, sub:SUBJECT, or official:….")] = None,
    as_json: Json = False,
) -> None:
    """Who asked what, and when: auditors, inspectors, readers of personal fields, and everybody who was turned away."""
    try:
        kept = access_log(parse(store), create=False)
    except StoreMissing as missing:
        raise fail(f"{missing}: nobody asked through HTTP yet") from None
    with closing(kept) as log:
        entries = log.read(after - 1, limit=limit)
    rows = [{"position": entry.position, **msgspec.json.decode(entry.body)} for entry in entries]
    found = [row for row in rows if _wanted(row, kind, who)]
    answer = {"accesses": found, "next": entries[-1].position + 1 if len(entries) == limit else None}
    told(answer, as_json, lambda _: out.print("\n".join(map(_said, found))))


def _wanted(row: dict[str, Any], kind: str | None, who: str | None) -> bool:
    return (kind is None or row["type"] == f"access.{kind}.v1") and who in (None, row["reader"], row.get("actor"))


def _said(row: dict[str, Any]) -> str:
    about = " ".join(f"{name}={value}" for name, value in row["asked"].items())
    why = f"  {row['why']}" if "why" in row else ""
    times = f"  {row['times']} times" if row["times"] > 1 else ""
    kind, who = row["type"].split(".")[1], f"{row['role']} {row['reader']}"
    return f"{row['position']:>6}  {row['time'][:19]}  {kind:<8}  {who}  {row['question']}  {about}{why}{times}"
