"""The law as data, and the small functions that read it."""
