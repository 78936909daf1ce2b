"""How far a partition is: never past what is not done, whatever lies between the offsets."""

from types import SimpleNamespace

from faust.types import TP

from consumers.batch import Lane


def records(first, *more):
    return SimpleNamespace(first=first, size=20)


def test_nothing_is_to_commit_before_anything_is_done():
    lane = Lane(TP("events", 0))
    lane.polled(records(0, 1, 2), 3)
    assert (lane.done, lane.to_commit, lane.position) == (None, None, 3)


def test_a_batch_that_is_done_is_to_commit_and_once_committed_no_more():
    lane = Lane(TP("events", 0))
    lane.polled(records(0, 1, 2), 3).ack()
    assert lane.to_commit == 3
    lane.committed(3)
    assert (lane.done, lane.to_commit) == (3, None)


def test_what_is_done_out_of_order_waits_for_what_came_before():
    lane = Lane(TP("events", 0))
    first, second = lane.polled(records(0, 1), 2), lane.polled(records(2, 3), 4)
    second.ack()
    assert lane.to_commit is None
    first.ack()
    assert lane.to_commit == 4


def test_offsets_without_records_are_passed_with_the_batch_before_them():
    lane = Lane(TP("events", 0))
    lane.polled(records(5, 9), 14).ack()
    assert lane.to_commit == 14


def test_markers_alone_are_passed_once_all_before_them_is_done():
    lane = Lane(TP("events", 0))
    batch = lane.polled(records(0), 1)
    lane.polled(None, 4)
    assert lane.to_commit is None
    batch.ack()
    assert lane.to_commit == 4


def test_where_it_begins_is_not_committed_again():
    lane = Lane(TP("events", 0))
    lane.polled(None, 7)
    assert (lane.done, lane.to_commit) == (7, None)


def test_a_lane_that_was_left_makes_its_batches_stale():
    lane = Lane(TP("events", 0))
    batch = lane.polled(records(0), 1)
    assert batch.current
    lane.current = False
    assert not batch.current


def test_a_batch_says_where_it_lies_and_how_long_it_is():
    batch = Lane(TP("events", 3)).polled(records(5, 9), 14)
    assert (batch.topic, batch.partition, batch.first_offset, batch.next_offset) == ("events", 3, 5, 14)
    assert (batch.size, repr(batch)) == (20, "<Batch events/3 5..13>")
