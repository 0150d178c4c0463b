"""Activities, the list of those who come, the big screen."""
