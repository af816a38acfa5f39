"""What a person may say about WHO."""
