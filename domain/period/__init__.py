"""Times of special protection, in which leaders are on duty every day (特别防护期, Art 8)."""
