"""Hours that stand up to an audit: make-up, objections, questions to those who served, samples, cases, bars."""
