"""From a need to an activity: needs, projects, plans, partners, campaigns, series, approval, what a model is."""
