"""From a history, or what a branch adds to it, to a review: read, judged, rehearsed."""
