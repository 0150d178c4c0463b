"""The way to people's telephones: a short-message gateway of the operator's own, spoken to over plain HTTP."""
