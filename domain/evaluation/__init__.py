"""The half-year evaluation of units, listing for rectification, interviews (半年评价、挂牌整治、约谈, Art 18)."""
