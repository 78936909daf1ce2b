"""The verbs of the command line, and the one place where adapters meet ports."""
