"""What the builders of the house use and its users never need."""
