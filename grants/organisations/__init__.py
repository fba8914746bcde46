"""Groups, hosts, partners and districts: the bodies that apply, pay out and recommend, and their people."""
