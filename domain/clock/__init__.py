"""What did not happen in time: facts that the log itself writes."""
