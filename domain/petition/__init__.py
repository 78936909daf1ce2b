"""The life of one petition item (信访件)."""
