"""The frozen, hashed list shown to everybody for so many working days, and what is raised against it."""
