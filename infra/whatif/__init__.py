"""What if other rules had been in force? The record judged again beside it, and what comes out otherwise."""
