"""Figures of a division: statistics, activeness, reports by hand, reference reports, commendations, forms."""
