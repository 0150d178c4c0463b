"""Money that is recorded: lines, applications for support, sources, gifts of partners."""
