"""What is asked for: a proposal from its first draft through submission, screening and recommendation."""
