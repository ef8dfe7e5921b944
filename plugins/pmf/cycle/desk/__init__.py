"""What the performance team's desk shows, loaded as known at a moment. Nothing here writes: a page that is looked at changes nothing."""
