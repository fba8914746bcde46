"""Money that leaves the house: tranches, payments, payee accounts."""
