"""A job's life: submitted once, watched until it ends, its files fetched. Knows no terminal."""
