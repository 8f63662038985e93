"""What a run that may not write leaves for one that may: a report of plain fields, in an artifact.

Whoever opens a pull request from a fork decides what its run leaves. So it is read as what a
stranger says.
"""
