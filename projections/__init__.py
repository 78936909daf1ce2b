"""Questions, each answered by a small pure fold over events or over rows. No I/O, no clock."""
