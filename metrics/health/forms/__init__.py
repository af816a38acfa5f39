"""What a person may say about health: definitions piece by piece, and the small forms around them."""
