"""Hours looked at again: make-ups, objections, samples, cases, bars."""
