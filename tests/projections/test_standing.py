"""How does a finding stand of which much was said?"""

from datetime import date
from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from domain.envelope import Finding
from projections.findings import DECIDED, DISSENT, Step, Word, after, standing
from tests.samples import COUNTY

PLACES = st.lists(st.integers(1, 40), max_size=3).map(tuple)


@st.composite
def words(draw):
    rule = draw(st.sampled_from(["F13", "F21"]))
    found = st.builds(
        Finding, id=st.just(f"{rule}:duty:1"), rule=st.just(rule), subject=st.just("duty:1"), unit=st.just(COUNTY),
        since=st.dates(date(2020, 6, 1), date(2020, 6, 9)), evidence=PLACES, late_by=st.none() | st.integers(1, 3),
        attempt=st.booleans(), dissent=st.sampled_from([(), ("official:1",)]),
    )  # fmt: skip
    step = st.builds(
        Step, st.just(0), st.sampled_from([DISSENT, DECIDED]), st.just("2020-06-09"), st.just("official:2"),
        official=st.sampled_from(["official:1", "official:3"]),
    )  # fmt: skip
    said = st.builds(
        Word, st.just(0), st.none() | found, st.sampled_from([False, False, True]), st.sampled_from([None, "decided"]),
        st.none() | step,
    )  # fmt: skip
    several = draw(st.lists(st.builds(Word, st.just(0), found) | said, max_size=8))
    return tuple(Word(at, word.found, word.cleared, word.state, word.step) for at, word in enumerate(several, 41))


@given(words())
def test_words_taken_together_say_what_they_say_one_after_the_other(said):
    assert standing(said) == reduce(after, said, None)
