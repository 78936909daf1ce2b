"""The ledgers (台账): everything in petition work that is no item, one row an entry."""
