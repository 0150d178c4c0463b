"""From a need to an activity: needs, projects, plans, campaigns, approval."""
