"""The simulated city: a year of invented petition work on the map of Hengyang."""

from infra.city.simulation import simulate

__all__ = ["simulate"]
