"""Applications, what people can do, papers to verify."""
