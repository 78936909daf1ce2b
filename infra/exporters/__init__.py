"""The record for others: files that open in tools that know nothing of danze."""
