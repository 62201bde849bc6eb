"""The desk's memory, in SQLite or PostgreSQL; `sql_store` is all of it, `views` what commands read."""
