"""The organisation of the programme: centres, teams and their names, founding, exceptions (S16–S36, S63–S70)."""
