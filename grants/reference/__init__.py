"""What everybody looks up: regions, specialities, taxonomies, working days."""
