def rows(m): return []
