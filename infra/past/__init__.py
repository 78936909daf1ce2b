"""The record as it was known at one time, of another: which events tell it, and what stood after them."""
