"""One coherent year of a foundation, loaded through the same actions people use. Nobody imports it."""
