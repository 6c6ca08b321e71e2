"""The changes that are under way; the revisions of their phases import them from here."""

import expandcontract as ec

EMAIL = ec.RenameColumn(table="users", old="email", new="email_address", owner="shop")
