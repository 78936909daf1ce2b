"""HTTP: what may be asked and reported, and by whom. Knows nothing of how anything is stored."""
