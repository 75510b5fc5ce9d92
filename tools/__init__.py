"""Tools around the application: running it, testing it, measuring it. Nothing in the application imports them."""
