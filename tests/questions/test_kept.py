"""So many are kept, and of those what was asked for last."""

from infra.questions.kept import Kept


def asked(kept: Kept, *keys: int) -> list[int]:
    """Which of them had to be made."""
    made: list[int] = []
    for key in keys:
        assert kept.get(key, lambda key=key: made.append(key) or -key) == -key
    return made


def test_as_many_are_kept_as_may_be_and_no_more():
    kept: Kept = Kept(100)
    assert asked(kept, *range(100), *range(100)) == [*range(100)]
    assert asked(kept, *range(100, 350)) == [*range(100, 350)]
    assert len(kept) == 100
    assert asked(kept, *range(250, 350)) == []


def test_what_nobody_asked_for_longest_goes_first():
    kept: Kept = Kept(3)
    assert asked(kept, 1, 2, 3, 1, 4) == [1, 2, 3, 4]
    assert asked(kept, 1, 3, 4) == []
    assert asked(kept, 2) == [2]


def test_nothing_is_an_answer_too():
    kept: Kept = Kept(3)
    assert kept.get("unknown", lambda: None) is None
    assert kept.get("unknown", lambda: "made again") is None
