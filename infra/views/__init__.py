"""Read models on SQLite and PostgreSQL: tables in generations, so that a rebuild stands beside the live ones and switches."""
