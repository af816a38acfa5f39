"""What critical events tells the timeline."""
