"""Questions about the record, each answered by one small fold. Pure: domain and msgspec only."""
