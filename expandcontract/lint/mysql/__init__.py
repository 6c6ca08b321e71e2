"""MySQL and MariaDB: how their statements are read, and what online DDL makes of them."""
