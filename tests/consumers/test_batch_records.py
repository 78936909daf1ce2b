"""What a fetch brings is unpacked as it is asked for. Stored batches are real ones, as a broker lays them down."""

import hashlib
import inspect
import struct

import pytest
from aiokafka.consumer.fetcher import READ_COMMITTED, Fetcher, FetchResult, PartitionRecords
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.legacy_records import LegacyRecordBatchBuilder
from aiokafka.record.memory_records import MemoryRecords
from aiokafka.record.util import calc_crc32c
from aiokafka.structs import TopicPartition

from consumers.batch_records import Stretches

ABORT, COMMIT = b"\0\0\0\0", b"\0\0\0\1"
PLACE = TopicPartition("events", 0)


def stored(first, *offsets, producer=-1, marker=None, codec=0):
    """A batch of one record for each offset above `first`, as a broker stores it."""
    built = DefaultRecordBatchBuilder(2, codec, int(producer >= 0), producer, 0, 0, 1 << 20)
    for offset in offsets:
        built.append(offset, 1_700_000_000_000, b"key", marker or b"%d" % (first + offset), [("place", b"here")])
    if marker is not None:
        built.append(0, 1_700_000_000_000, marker, b"", [])
    raw = built.build()
    struct.pack_into(">q", raw, 0, first)
    if marker is not None:
        (attributes,) = struct.unpack_from(">h", raw, 21)
        struct.pack_into(">h", raw, 21, attributes | 0x20)
        struct.pack_into(">I", raw, 17, calc_crc32c(bytes(raw[21:])))
    return bytes(raw)


def fetched(*batches, at=0, most=100, aborted=()):
    """What is made of the batches of one fetch, asked for from offset `at`."""
    theirs = PartitionRecords(PLACE, MemoryRecords(b"".join(batches)), aborted, at, None, None, True, READ_COMMITTED)
    return Stretches(theirs, most)


def offsets(records):
    return [record.offset for record in records]


def test_records_are_those_of_all_batches_and_come_again_each_time_they_are_asked_for():
    [records] = fetched(stored(0, 0, 1, 2), stored(3, 0, 1))
    assert offsets(records) == offsets(records) == [0, 1, 2, 3, 4]
    assert (records.first, records.end, len(records)) == (0, 5, 5)
    record = list(records)[3]
    assert (record.key, record.value, record.headers) == (b"key", b"3", [("place", b"here")])


@pytest.mark.parametrize("codec", [1, 2, 3, 4], ids=["gzip", "snappy", "lz4", "zstd"])
def test_batches_may_be_compressed_as_producers_like(codec):
    [records] = fetched(stored(0, *range(50), codec=codec), stored(50, 0, codec=codec))
    assert offsets(records) == offsets(records) == list(range(51))


def test_a_stretch_holds_whole_batches_as_long_as_they_fit():
    stretches = fetched(*(stored(first, 0, 1, 2) for first in (0, 3, 6, 9)), most=7)
    assert [offsets(each) for each in stretches] == [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]]


def test_a_batch_that_is_too_long_is_cut():
    stretches = fetched(stored(0, 0, 1), stored(2, *range(8)), stored(10, 0), most=3)
    seen = [(stretches.next_fetch_offset, offsets(each)) for each in stretches]
    assert seen == [(2, [0, 1]), (5, [2, 3, 4]), (8, [5, 6, 7]), (11, [8, 9, 10])]


def test_reading_begins_in_the_middle_of_a_batch():
    stretches = fetched(stored(0, *range(6)), stored(6, 0), at=4)
    assert [offsets(each) for each in stretches] == [[4, 5, 6]]
    assert [offsets(each) for each in fetched(stored(0, *range(6)), at=3, most=2)] == [[3, 4], [5]]


def test_gaps_of_compaction_are_passed_and_an_empty_batch_has_no_record():
    stretches = fetched(stored(0, 0, 5, 9), stored(40, 0, 3), most=10)
    assert [(each.first, offsets(each), each.end) for each in stretches] == [(0, [0, 5, 9], 10), (10, [40, 43], 44)]


def test_markers_and_what_was_taken_back_are_left_out_and_passed():
    batches = [
        stored(0, 0, 1, producer=7),
        stored(2, 0, producer=8),
        stored(3, producer=7, marker=ABORT),
        stored(4, 0, producer=7),
        stored(5, producer=8, marker=COMMIT),
        stored(6, producer=7, marker=COMMIT),
    ]
    stretches = fetched(*batches, aborted=[(7, 0)])
    assert [offsets(each) for each in stretches] == [[2, 4]]
    assert stretches.next_fetch_offset == 7


def test_a_fetch_of_markers_alone_yields_nothing_and_is_passed():
    stretches = fetched(stored(0, 0, 1, producer=7), stored(2, producer=7, marker=ABORT), aborted=[(7, 0)])
    assert list(stretches) == []
    assert (stretches.next_fetch_offset, stretches.drained) == (3, True)


def test_a_batch_whose_checksum_is_wrong_is_an_error_and_what_lies_before_it_comes_first():
    broken = bytearray(stored(3, 0, 1))
    broken[-3] ^= 1
    stretches = fetched(stored(0, 0, 1, 2), bytes(broken), stored(5, 0))
    assert offsets(next(stretches)) == [0, 1, 2]
    assert stretches.next_fetch_offset == 3
    with pytest.raises(CorruptRecordException, match=r"Invalid CRC .*events"):
        next(stretches)


def test_bytes_are_shared_out_among_the_stretches_of_a_fetch():
    batches = [stored(first, 0) for first in range(10)]
    sizes = [each.size for each in fetched(*batches, most=2)]
    assert sizes == [len(batches[0]) * 2] * 5


def test_batches_of_the_form_before_kafka_0_11_are_read_too():
    built = LegacyRecordBatchBuilder(1, 0, 1 << 20)
    for offset in range(5):
        built.append(offset, 1_700_000_000_000, b"key", b"%d" % offset)
    stretches = fetched(bytes(built.build()), most=2)
    assert [offsets(each) for each in stretches] == [[0, 1], [2, 3], [4]]


@pytest.mark.parametrize(
    ("theirs", "known", "rests_on_it"),
    [
        (PartitionRecords, "94aa0da0dbec8d1b", "Stretches takes its place, and its aborted transactions"),
        (FetchResult, "d7db13f06de8248c", "it goes through _partition_records, and sets positions by it"),
        (Fetcher.fetched_records, "be4348896b9b66af", "it drops what is empty and raises what is an error"),
    ],
)
def test_the_inside_of_aiokafka_is_the_one_that_we_know(theirs, known, rests_on_it):
    source = hashlib.sha256(inspect.getsource(theirs).encode()).hexdigest()[:16]
    assert source == known, (
        f"aiokafka's {theirs.__qualname__} is not what it was (0.14.0). consumers/batch_records.py and batch_thread.py "
        f"rest on it: {rests_on_it}. Compare them, run tests/consumers, and note {source} here"
    )
