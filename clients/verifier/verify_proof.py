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

Key = tuple[str, bytes, int, Ed25519PublicKey]
"""Name, id, type (1 a log's, 4 a witness's), public key."""


class Fault(Exception):
    """The proof does not hold; the message says what is wrong."""


class Unusable(Exception):
    """What was given beside the proof cannot be used; the message says why."""


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def root_of(leaf: bytes, index: int, size: int, proof: list[bytes]) -> bytes:
    """The root that an inclusion proof leads to (RFC 6962, 2.1.1); the hash nearest to the leaf comes first."""
    if size == 1:
        if proof:
            raise Fault("the proof is too long")
        return leaf
    if not proof:
        raise Fault("the proof is too short")
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
    """(name, id, type, public key) of a verifier key."""
    name, key_id, encoded = text.strip().split("+", 2)
    key = decoded(encoded)
    if sha256(name.encode() + b"\n" + key).digest()[:4].hex() != key_id or len(key) != 33:
        raise Fault(f"the key of {name} does not fit its id")
    return name, bytes.fromhex(key_id), key[0], Ed25519PublicKey.from_public_bytes(key[1:])


def given(option: str, text: str) -> Key:
    """A verifier key from the command line."""
    try:
        return key_of(text)
    except Fault as fault:
        raise Unusable(f"{option}: {fault}") from None
    except (ValueError, IndexError):
        raise Unusable(f"{option}: {text[:60]!r} is no verifier key, NAME+ID+BASE64") from None


def parts(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """(text, [(name, id, signature)]) of a signed note."""
    text, _, below = note.rpartition("\n\n")
    signatures = []
    for line in below.splitlines():
        dash, name, encoded = line.split(" ")
        data = decoded(encoded)
        if dash != "—":
            raise Fault("a line of signatures does not begin with a dash")
        signatures.append((name, data[:4], data[4:]))
    return text + "\n", signatures


def signed(note: str, key: Key) -> bool:
    """Whether the key signed the note. A signature of it that does not fit is a fault."""
    name, key_id, kind, public = key
    text, signatures = parts(note)
    for each, each_id, signature in signatures:
        if (each, each_id) == (name, key_id):
            said = f"cosignature/v1\ntime {int.from_bytes(signature[:8], 'big')}\n" if kind == 4 else ""  # a witness's
            try:
                public.verify(signature[8 if said else 0 :], (said + text).encode())
            except InvalidSignature:
                raise Fault(f"the signature of {name} was forged, or the checkpoint altered") from None
            return True
    return False


def log_keys(text: str) -> list[Key]:
    """The log's keys: the first one, and those that were handed over, each signed by the one before."""
    first, *later = text.split("\n\n\n")
    keys = [key_of(first)]
    for note in later:
        if not signed(note, keys[-1]):
            raise Fault("a later key of the log was not handed over by the one before")
        keys.append(key_of(parts(note)[0]))
    return keys


def trusted(keys: list[Key], wanted: str) -> list[Key]:
    """The keys from the one that is trusted on."""
    known = given("--key", wanted)
    for place, key in enumerate(keys):
        if key[:3] == known[:3] and key[3] == known[3]:
            return keys[place:]
    raise Fault(f"the log's keys do not lead to the key of {known[0]} that you trust")


def kept(file: str) -> tuple[str, str, bytes]:
    """Origin, size and root of a checkpoint that was kept."""
    try:
        origin, size, root, *_ = parts(Path(file).read_text(encoding="utf-8"))[0].split("\n")
        return origin, size, decoded(root)
    except (Fault, OSError, ValueError) as error:
        raise Unusable(f"{file} cannot be read as a checkpoint: {error}") from None


def compare(proof: dict, file: str, origin: str, size: str, root: bytes) -> None:
    """Raises Fault where a checkpoint that was kept tells of another history, Unusable where it cannot be compared."""
    kept_origin, kept_size, kept_root = kept(file)
    grown = proof.get("grown", {"since": size})
    if kept_origin != origin or kept_size not in (size, str(grown["since"])):
        raise Unusable(f"{file} is of {kept_size} events of {kept_origin}, the proof of {size} of {origin}")
    if kept_size == size:
        if kept_root != root:
            raise Fault("the checkpoint that you kept has another root: there are two histories")
        return
    if not grew(int(kept_size), kept_root, int(size), root, [decoded(each) for each in grown["proof"]]):
        raise Fault(f"the log did not grow out of the {kept_size} events whose checkpoint you kept: it was rewritten")


def check(proof: dict, arguments: argparse.Namespace) -> tuple[dict, str, str]:
    """Raises Fault unless the proof holds; answers the event and the checkpoint's first lines."""
    event = decoded(proof["event"])
    note = proof["checkpoint"]
    keys = log_keys(proof["keys"])
    if arguments.key is not None:
        keys = trusted(keys, arguments.key)
    if not sum(signed(note, key) for key in keys):
        raise Fault("the checkpoint is not signed by the log")
    for witness in arguments.witness:
        if not signed(note, given("--witness", witness)):
            raise Fault(f"the checkpoint is not cosigned by {witness.partition('+')[0]}")
    origin, size, root, *_ = parts(note)[0].split("\n")
    if arguments.checkpoint is not None:
        compare(proof, arguments.checkpoint, origin, size, decoded(root))
    index, leaf = proof["position"] - 1, sha256(b"\0" + event).digest()
    if type(index) is not int or not 0 <= index < int(size):
        raise Fault("the position lies outside the checkpoint")
    way = [decoded(each) for each in proof["proof"]]
    if root_of(leaf, index, int(size), way) != decoded(root):
        raise Fault("the event is not in the log at this position: it was altered, or is another")
    return json.loads(event), origin, size


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("proof")
    parser.add_argument("--key", help="the log's key that you trust")
    parser.add_argument("--witness", action="append", default=[], help="a witness whose cosignature is wanted")
    parser.add_argument("--checkpoint", help="a checkpoint that you kept")
    arguments = parser.parse_args()
    try:
        proof = json.loads(Path(arguments.proof).read_text(encoding="utf-8"))
        event, origin, size = check(proof, arguments)
    except Fault as fault:
        print(f"does not hold: {fault}", file=sys.stderr)
        return 1
    except Unusable as why:
        print(why, file=sys.stderr)
        return 2
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        print(f"{arguments.proof} cannot be read as a proof: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    print(f"holds: event {proof['position']} of {size} in the log {origin}")
    print(f"{event['type']} about {event['subject']}, time {event['time']}, recorded {event['recorded']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
