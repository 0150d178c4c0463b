"""The programme's numbers and modules, by division: who set what, what is inherited, what is locked (S97)."""
