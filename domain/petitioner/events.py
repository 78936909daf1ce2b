"""What happens to the record of a petitioner."""

from domain.fact import Fact, Text


class PetitionerForgotten(Fact, frozen=True, gc=False):
    """The key of the petitioner's personal fields was destroyed; the log still verifies, the fields read as erased."""

    reason: Text
