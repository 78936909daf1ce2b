"""A store in a folder of files, made while it is written to, and made a store again."""

RESTORED = "restored"
"""The mark of a log that was restored: up to which position it is a backup."""
