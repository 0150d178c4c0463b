"""An activity from its announcement to the last check-out: sign-ups, presence and every way to prove it."""
