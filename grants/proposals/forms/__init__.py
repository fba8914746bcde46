"""What people send about proposals, and what each page of a proposal shows."""
