"""Annual recognition: cycles, nominations, winners, certificates. Never a grant."""
