"""The joint conference on petitions (信访联席会议, Art 5, 6)."""
