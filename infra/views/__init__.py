"""Read models on SQLite and PostgreSQL: in generations, so that a rebuild stands beside the live ones and switches."""
