"""What a comment means: the movement and the figure it claims, its path to green, personal data in it.

What belongs here: reading a comment beside the figures it was written about, by short lists of plain words. Every reading is
made to be right before it is complete: where a sentence may be about something else it claims nothing. What does not belong
here: spelling and grammar (``language``), and deciding what a finding is worth (``expectations/``).
"""
