"""Who gets through which door: every route and chat command, called in every role, against a reviewed table."""
