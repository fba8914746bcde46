"""How the house is run: servers, job runners, the demonstration. Outside the floors of the domain."""
