"""Inspections by plan (督查, Art 11) and patrols led by discipline organs (巡察, Art 17)."""
