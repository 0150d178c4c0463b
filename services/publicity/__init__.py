"""What everybody may see of the programme: its figures, the teams near a place (S2, S82)."""
