"""What humans do with a finding that the rules propose (责任认定)."""
