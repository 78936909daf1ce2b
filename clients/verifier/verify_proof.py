#!/usr/bin/env python3
"""Checks a proof that `danze prove` wrote: that an event is in a log whose keeper signed for it. Needs no danze.

    python verify_proof.py PROOF.json [--key KEY] [--witness KEY ...] [--checkpoint FILE]

KEY is a verifier key, NAME+ID+BASE64, that you were told by somebody you trust. Without --key the key in the proof is
believed, which shows that nothing was altered since, but not who signed. --witness asks for that witness's cosignature,
--checkpoint for agreement with a checkpoint that you kept: of the same size, or of the smaller one that the proof was
written for (`danze prove --since SIZE`), out of which the log must have grown.
Exit 0: it holds; 1: it does not; 2: it cannot be read or compared. Python 3.11 or newer and the library `cryptography`;
RFC 6962, RFC 9162 and C2SP signed-note, tlog-checkpoint, tlog-cosignature.
"""

import argparse
import base64
import json
import sys
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORM = "danze proof 1"
Key = tuple[str, bytes, int, Ed25519PublicKey]  # name, id, type (1 a log's, 4 a witness's), public key


class Fault(Exception): ...  # the proof does not hold; the message says what is wrong


class Unusable(Exception): ...  # what was given cannot be used; the message says why


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def root_of(leaf: bytes, index: int, size: int, proof: list[bytes]) -> bytes:
    """The root that an inclusion proof leads to (RFC 6962, 2.1.1); the hash nearest to the leaf comes first."""
    if (size == 1) == bool(proof):
        raise Fault(f"the proof is too {'long' if proof else 'short'}")
    if size == 1:
        return leaf
    middle = 1 << ((size - 1).bit_length() - 1)
    if index < middle:
        return node(root_of(leaf, index, middle, proof[:-1]), proof[-1])
    return node(proof[-1], root_of(leaf, index - middle, size - middle, proof[:-1]))


def grew(old: int, old_root: bytes, new: int, new_root: bytes, proof: list[bytes]) -> bool:
    """Whether the tree of size `old` is the beginning of the larger one of size `new` (RFC 9162, 2.1.4.2)."""
    if not proof or not 0 < old < new:
        return False
    way = [old_root, *proof] if old & (old - 1) == 0 else proof
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = way[0]
    for beside in way[1:]:
        if not last:
            return False
        if place & 1 or place == last:
            before, after = node(beside, before), node(beside, after)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            after = node(after, beside)
        place, last = place >> 1, last >> 1
    return not last and (before, after) == (old_root, new_root)


def decoded(text: str) -> bytes:
    """Standard base64; no other text stands for the same bytes."""
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise Fault(f"{text[:40]!r} is not the only way to write these bytes")
    return data


def key_of(text: str) -> Key:
    name, key_id, encoded = text.strip().split("+", 2)
    key = decoded(encoded)
    if sha256(name.encode() + b"\n" + key).digest()[:4].hex() != key_id or len(key) != 33:
        raise Fault(f"the key of {name} does not fit its id")
    return name, bytes.fromhex(key_id), key[0], Ed25519PublicKey.from_public_bytes(key[1:])


def given(option: str, text: str) -> Key:
    try:
        return key_of(text)
    except (Fault, ValueError, IndexError) as error:
        what = str(error) if isinstance(error, Fault) else f"{text[:60]!r} is no verifier key, NAME+ID+BASE64"
        raise Unusable(f"{option}: {what}") from None


def parts(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """(text, [(name, id, signature)]) of a signed note."""
    text, _, below = note.rpartition("\n\n")
    lines = [line.split(" ") for line in below.splitlines()]
    if any(dash != "—" for dash, _, _ in lines):
        raise Fault("a line of signatures does not begin with a dash")
    return text + "\n", [(name, decoded(each)[:4], decoded(each)[4:]) for _, name, each in lines]


def signed(note: str, key: Key) -> bool:
    """Whether the key signed the note. A signature of it that does not fit is a fault."""
    name, key_id, kind, public = key
    text, signatures = parts(note)
    found = [signature for each, each_id, signature in signatures if (each, each_id) == (name, key_id)]
    for signature in found:
        said = f"cosignature/v1\ntime {int.from_bytes(signature[:8], 'big')}\n" if kind == 4 else ""  # a witness's
        try:
            public.verify(signature[8 if said else 0 :], (said + text).encode())
        except InvalidSignature:
            raise Fault(f"the signature of {name} was forged, or the checkpoint altered") from None
    return bool(found)


def log_keys(text: str, wanted: str | None) -> list[Key]:
    """The log's keys, each handed over by the one before it; from the one that is trusted on."""
    first, *later = text.split("\n\n\n")
    keys = [key_of(first)]
    for note in later:
        if not signed(note, keys[-1]):
            raise Fault("a later key of the log was not handed over by the one before")
        keys.append(key_of(parts(note)[0]))
    known = keys[0] if wanted is None else given("--key", wanted)
    if known not in keys:
        raise Fault(f"the log's keys do not lead to the key of {known[0]} that you trust")
    return keys[keys.index(known) :]


def checkpoint(note: str) -> tuple[str, int, bytes]:
    """Origin, size and root of a signed checkpoint."""
    origin, size, root, *_ = parts(note)[0].split("\n")
    return origin, int(size), decoded(root)


def compare(proof: dict, file: str, origin: str, size: int, root: bytes) -> None:
    """Raises Fault where a checkpoint that was kept tells of another history, Unusable where it cannot be compared."""
    try:
        kept_origin, kept_size, kept_root = checkpoint(Path(file).read_text(encoding="utf-8"))
    except (Fault, OSError, ValueError) as error:
        raise Unusable(f"{file} cannot be read as a checkpoint: {error}") from None
    grown = proof.get("grown", {"since": size})
    if kept_origin != origin or kept_size not in (size, grown["since"]):
        raise Unusable(f"{file} is of {kept_size} events of {kept_origin}, the proof of {size} of {origin}")
    if kept_size == size and kept_root != root:
        raise Fault("the checkpoint that you kept has another root: there are two histories")
    if kept_size != size and not grew(kept_size, kept_root, size, root, [decoded(each) for each in grown["proof"]]):
        raise Fault(f"the log did not grow out of the {kept_size} events whose checkpoint you kept: it was rewritten")


def check(proof: dict, arguments: argparse.Namespace) -> str:
    """What the proof shows. Raises Fault unless it holds."""
    if (form := proof.get("form")) != FORM:
        raise Unusable(f"this verifier reads the form {FORM!r}; {arguments.proof} has {form!r}")
    event, note = decoded(proof["event"]), proof["checkpoint"]
    if not sum(signed(note, key) for key in log_keys(proof["keys"], arguments.key)):
        raise Fault("the checkpoint is not signed by the log")
    for witness in arguments.witness:
        if not signed(note, given("--witness", witness)):
            raise Fault(f"the checkpoint is not cosigned by {witness.partition('+')[0]}")
    origin, size, root = checkpoint(note)
    if arguments.checkpoint is not None:
        compare(proof, arguments.checkpoint, origin, size, root)
    index, leaf = proof["position"] - 1, sha256(b"\0" + event).digest()
    if type(index) is not int or not 0 <= index < size:
        raise Fault("the position lies outside the checkpoint")
    if root_of(leaf, index, size, [decoded(each) for each in proof["proof"]]) != root:
        raise Fault("the event is not in the log at this position: it was altered, or is another")
    told = json.loads(event)
    if proof["type"] != told["type"]:
        raise Fault(f"the proof says {str(proof['type'])[:60]!r} of an event of another type")
    shown = f"{told['type']} about {told['subject']}, time {told['time']}, recorded {told['recorded']}"
    return f"holds: event {proof['position']} of {size} in the log {origin}\n{shown}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("proof")
    parser.add_argument("--key", help="the log's key that you trust")
    parser.add_argument("--witness", action="append", default=[], help="a witness whose cosignature is wanted")
    parser.add_argument("--checkpoint", help="a checkpoint that you kept")
    arguments = parser.parse_args()
    try:
        print(check(json.loads(Path(arguments.proof).read_text(encoding="utf-8")), arguments))
    except (Fault, Unusable) as why:
        print(f"does not hold: {why}" if isinstance(why, Fault) else why, file=sys.stderr)
        return 1 if isinstance(why, Fault) else 2
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        print(f"{arguments.proof} cannot be read as a proof: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
