"""The performance team's desk: pages that say how a month stands and what waits for somebody.

Pure: what is known in, a document out. Their addresses are relative to a council's own folder of the web site they are served by.
"""
