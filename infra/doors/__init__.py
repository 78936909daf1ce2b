"""The doors: who asks, what he may see and report, and the sealed log of what was read."""
