"""News that are sent to addresses of others: who wants them, signed letters, and what became of each."""
