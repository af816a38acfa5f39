"""What usage tells the timeline."""
