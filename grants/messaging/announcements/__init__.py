"""Who is told what, one file for each package whose facts are told."""
