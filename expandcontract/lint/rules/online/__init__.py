"""The rules for MySQL and MariaDB: apart, since PostgreSQL's need not wait for their import."""
