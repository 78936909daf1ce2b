"""The edge of danze: the only package that knows the name of a product, a file or a server."""
