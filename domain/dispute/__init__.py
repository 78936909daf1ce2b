"""The ledger of disputes that screening finds, struck off one by one (排查台账、逐案销号, Art 14)."""
