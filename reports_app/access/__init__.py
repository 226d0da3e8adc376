"""Who may see what: roles, accounts, sessions. Pages and tables are not known here."""
