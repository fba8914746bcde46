"""What goes on paper: templates and plain data in, archival PDF out. Knows no grant vocabulary."""
