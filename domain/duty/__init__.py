"""What leaders and units do about petitions period by period (履职), and what they owe (Art 1, 3, 5, 7, 8, 14)."""
