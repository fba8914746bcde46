"""Reading tranches, payments and payee accounts."""
