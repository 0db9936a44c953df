"""Django's SQLite backend for connections that stay open."""
