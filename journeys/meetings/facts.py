"""What meetings tells the timeline."""
