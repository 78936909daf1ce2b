"""Which partition Kafka's own producers choose for a subject: murmur2 of the key, as Java and kafka-python count it."""

from functools import lru_cache
from struct import unpack_from

SEED, MIX = 0x9747B28C, 0x5BD1E995
MASK = 0xFFFFFFFF


@lru_cache(maxsize=1 << 17)
def partition_of(subject: str, partitions: int) -> int:
    """The partition of `subject` (the record's key) in a topic that has so many."""
    return (murmur2(subject.encode()) & 0x7FFFFFFF) % partitions


def murmur2(data: bytes) -> int:
    """MurmurHash2 with Kafka's seed, as an unsigned 32-bit number."""
    size = len(data)
    mixed = SEED ^ size
    words = size >> 2
    for word in unpack_from(f"<{words}I", data):
        word = word * MIX & MASK  # noqa: PLW2901 -- a name for each step would cost a third of the time
        mixed = mixed * MIX & MASK ^ ((word ^ word >> 24) * MIX & MASK)
    if rest := data[words << 2 :]:
        mixed = (mixed ^ int.from_bytes(rest, "little")) * MIX & MASK
    mixed = (mixed ^ mixed >> 13) * MIX & MASK
    return mixed ^ mixed >> 15
