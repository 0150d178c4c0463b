"""Minutes and points: the records that earn them, the books that keep them, what a person may see of them."""
