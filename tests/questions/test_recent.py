"""So many are kept, and of those what was asked for last."""

from collections import Counter

from infra.questions.recent import Recent, values


def asked(kept: Recent, *keys: int) -> list[int]:
    """Which of them had to be made."""
    made: list[int] = []
    for key in keys:
        assert kept.get(key, lambda key=key: made.append(key) or -key) == -key
    return made


def test_as_many_are_kept_as_may_be_and_no_more():
    kept: Recent = Recent(100)
    assert asked(kept, *range(100), *range(100)) == [*range(100)]
    assert asked(kept, *range(100, 350)) == [*range(100, 350)]
    assert len(kept) == 100
    assert asked(kept, *range(250, 350)) == []


def test_what_nobody_asked_for_longest_goes_first():
    kept: Recent = Recent(3)
    assert asked(kept, 1, 2, 3, 1, 4) == [1, 2, 3, 4]
    assert asked(kept, 1, 3, 4) == []
    assert asked(kept, 2) == [2]


def test_nothing_is_an_answer_too():
    kept: Recent = Recent(3)
    assert kept.get("unknown", lambda: None) is None
    assert kept.get("unknown", lambda: "made again") is None


def rows(number: int) -> dict[str, object]:
    return {"total": number, "due": [{"no": str(no), "missed": False} for no in range(number)]}


def test_values_are_those_of_all_rows():
    assert values(rows(0), 1_000) == 2
    assert values(rows(10), 1_000) == 2 + 10 + 20
    assert values(rows(100_000), 50) == 100_002
    assert values(None, 50) == 0


def test_together_they_have_so_much_room_and_one_that_is_larger_makes_place_again():
    kept: Recent = Recent(100, room=90)
    made = Counter()

    def ask(key: str, number: int) -> int:
        return len(kept.get(key, lambda: made.update([key]) or rows(number))["due"])

    for key, number in [("a", 10), ("b", 10), ("c", 10), ("c", 10), ("b", 10)]:
        assert ask(key, number) == number
    assert ask("a", 10) == 10
    assert (made["a"], made["b"], made["c"]) == (2, 1, 1)
    assert ask("large", 1_000) == ask("large", 1_000) == 1_000
    assert (len(kept), made["large"]) == (1, 1)
    assert (ask("a", 10), len(kept)) == (10, 1)
