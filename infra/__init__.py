"""The edge: the only place that knows a product's name, a file format or another system."""
