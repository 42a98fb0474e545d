"""The database behind the loop and the pages: SQLite embedded, PostgreSQL where one machine is outgrown."""
