"""Receive, decide or fold, save: the workers of the distributed way to run."""
