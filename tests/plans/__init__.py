"""How the database finds what the pages ask for: every statement's plan, as it is in a whole province."""
