"""What `make chaos` is made of: people, a post office, a household that can be hurt, and what must stand afterwards."""
