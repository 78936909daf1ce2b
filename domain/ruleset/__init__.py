"""Rule sets and calendars that a city adopts."""
