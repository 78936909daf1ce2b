"""The edge: the only place that knows a product's name."""
