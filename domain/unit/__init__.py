"""Units (单位) and the roles that officials hold in them."""
