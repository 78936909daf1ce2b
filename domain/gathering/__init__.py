"""Gatherings (联合接访, Art 7): several units receive together those who came in numbers, and report at once."""
