"""What is kept of a refused action: all of it, to be mended and sent again, and nothing personal in clear."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

import msgspec

from domain.envelope import Action, AnyAction, Rejected
from infra.vault.sealed_box import is_sealed
from infra.vault.vault import Unopened, Vault

TOLD = ("id", "source", "type", "subject", "time", "actor", "unit")
"""What is told in clear of a refused action that was not understood."""

Owner = Callable[[Sequence[str], str], str]
NOBODY = "rejected"
"""Whose key seals a refused action of which nobody can make out a petitioner or an item."""


def kept(line: bytes, action: AnyAction | Rejected, vault: Vault, owner: Owner) -> bytes:
    """The whole action, re-submittable, with nothing personal in clear.

    `owner` says whose key seals, from the petitioners that it names and its subject; NOBODY for neither.
    Of an action that was understood, the personal fields are sealed. Of any other nobody knows in which field a
    person may be named: it is sealed as it came, and stands beside what its envelope says.
    """
    whole = _json(line)
    data = whole.get("data")
    if isinstance(action, Action) and isinstance(data, dict):
        if personal := data.get("personal"):
            fields = {"personal": msgspec.json.encode(personal).decode()}
            sealed = vault.seal(owner(petitioners_of(action), action.subject), fields)
            whole = {**whole, "data": {**data, "personal": sealed}}
        return msgspec.json.encode(whole, order="sorted")
    told = {name: whole[name] for name in TOLD if isinstance(whole.get(name), str)}
    as_it_came = {"line": line.decode("utf-8", "backslashreplace")}
    subject = told["subject"] if _names(told.get("subject"), "petition:") else ""
    whose = owner(_petitioners(whole), subject)
    return msgspec.json.encode({**told, "sealed": vault.seal(whose, as_it_came)}, order="sorted")


def sent(body: bytes, vault: Vault) -> bytes | Rejected | None:
    """The action as it was sent, out of what is kept of it (and maybe mended since); None where it was erased.

    Of an action whose petitioner was forgotten, all but the personal fields is sent again if it was understood once.
    Refused is what bears sealed fields that are not what is kept of a refused action.
    """
    whole = _json(body)
    if not whole:
        return body
    whole.pop("rejection", None)
    if isinstance(whole.get("sealed"), dict):
        opened = _opened(whole["sealed"], _Line, "$.sealed", vault)
        return opened.line.encode() if isinstance(opened, _Line) else opened
    if list(whole) == ["line"] and isinstance(whole["line"], str):
        return whole["line"].encode()
    data = whole.get("data")
    if isinstance(data, dict) and _is_ours(data.get("personal")):
        personal = _opened(data["personal"], _Personal, "$.data.personal", vault)
        if isinstance(personal, Rejected):
            return personal
        erased = {name: value for name, value in data.items() if name != "personal"}
        whole["data"] = erased | ({"personal": msgspec.Raw(personal.personal.encode())} if personal else {})
    return msgspec.json.encode(whole)


class _Fields(msgspec.Struct, forbid_unknown_fields=True):
    """What the vault makes of fields that it seals."""

    key: Annotated[str, msgspec.Meta(pattern=r"^[^\x00]+$")]
    sealed: str


class _Line(msgspec.Struct):
    line: str


class _Personal(msgspec.Struct):
    personal: str


F = TypeVar("F", _Line, _Personal)


def _opened(fields: object, form: type[F], at: str, vault: Vault) -> F | Rejected | None:
    try:
        sealed = msgspec.convert(fields, _Fields)
        opened = vault.open(msgspec.structs.asdict(sealed))
        return None if opened is None else msgspec.convert(opened, form)
    except Unopened as error:
        return Rejected("malformed", str(error), at)
    except msgspec.ValidationError as error:
        return Rejected("malformed", f"this is not what is kept of a refused action: {error}", at)


def _is_ours(personal: object) -> bool:
    """Sealed under a petitioner's key, not by a producer for the intake."""
    if not isinstance(personal, dict) or personal.keys() != {"key", "sealed"}:
        return False
    return not (isinstance(personal["key"], str) and is_sealed(personal))


def key_of(source: str, id: str) -> bytes:
    """The idempotency key in the log: 16 bytes over source and id."""
    return hashlib.blake2b(f"{source}\0{id}".encode(), digest_size=16).digest()


def key_of_broken(line: bytes) -> bytes:
    return hashlib.blake2b(line, digest_size=16, person=b"broken").digest()


def petitioners_of(action: AnyAction) -> Sequence[str]:
    """The persons that an action itself names as petitioners."""
    return getattr(action.data, "petitioners", ())


def _petitioners(whole: dict[str, Any]) -> list[str]:
    """The petitioners that can be made out in an action that was not understood."""
    data = whole.get("data")
    named = data.get("petitioners") if isinstance(data, dict) else None
    return [each for each in named if _names(each, "person:")] if isinstance(named, list) else []


def _names(text: object, kind: str) -> bool:
    """Whether this may be an id of a kind; no store takes a name with a NUL or half a surrogate in it."""
    return isinstance(text, str) and text.startswith(kind) and text.isprintable()


def _json(line: bytes) -> dict[str, Any]:
    """The object that a line holds; an empty one where it holds none."""
    try:
        whole = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return whole if isinstance(whole, dict) else {}
