"""The reference pages of `docs/`, written from the code that they describe. Same code, same bytes."""
