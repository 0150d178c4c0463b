"""The API over Flask's client, on both databases."""
