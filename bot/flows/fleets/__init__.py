"""Targets that are many databases: who they are, how each is, and a rollout to all of them.

`tenants.py` names them, and `survey.py` looks at each. `rolling.py` goes through the waves:
`wave.py` is one wave, `crew.py` its threads, `tenant.py` what one tenant needs, `run.py` what
became of whom.
"""
