"""The record replayed in columns: SQL over an archive of `danze export parquet`, without a fold of danze's."""
