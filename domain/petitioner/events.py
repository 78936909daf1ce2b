"""What happens to the record of a petitioner."""

from domain.fact import Fact, Text


class PetitionerForgotten(Fact, frozen=True, gc=False):
    """The key of the petitioner's personal fields was destroyed (信息删除); the log verifies, they read as erased."""

    reason: Text
