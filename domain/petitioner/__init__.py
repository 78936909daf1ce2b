"""What happens to the record of a petitioner (信访人)."""
