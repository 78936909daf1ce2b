"""The routes of /v1, one module per kind of question."""
