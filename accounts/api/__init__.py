"""WHO for other systems: the API's own manners, and the resources of this room."""
