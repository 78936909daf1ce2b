"""One module per part of the dashboard; each handler asks, and shows."""
