"""Many people come at once, and the units concerned receive them together (联合接访, Art 7)."""
