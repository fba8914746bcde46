"""The long proofs behind `make prove`: each part can be run alone, at any size, from a seed."""
