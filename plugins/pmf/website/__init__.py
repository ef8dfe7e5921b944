"""The published site of a council: whole releases, each with a manifest, swapped in at one instant.

A release is a folder ``.releases/<digest>`` that is never written again; the link ``current`` beside them says which one is
live. The digest is that of its ``manifest.json``, which names every file by its hash and the release before: a chain. Needs
one POSIX file system (rulings 25).
"""
