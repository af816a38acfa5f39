"""What the Joint Impact Plan tells the timeline."""
