"""Recognition in the console: stars and their review, benefits."""
