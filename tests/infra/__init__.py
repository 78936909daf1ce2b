"""Checks of the edge: files, stores and the simulated city."""
