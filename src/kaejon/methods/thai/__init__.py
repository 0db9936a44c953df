"""Thai names, numbers, addresses and dates as lists really write them."""
