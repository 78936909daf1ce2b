"""The vault: personal fields are sealed under a key of each petitioner, and who destroys the key erases them."""
