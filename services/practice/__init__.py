"""A made-up division with made-up people, in which officers practise (users.md): nothing in it counts or leaves it."""
