"""What petition work is: facts, rules and decisions. Standard library and msgspec only; no clock, no I/O."""
