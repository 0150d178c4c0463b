"""Becoming a member: two routes, vetting, promises; what people can and want to do (S30, S37–S41)."""
