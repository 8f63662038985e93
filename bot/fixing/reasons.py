"""Why a finding stays, as `RULE stays: …` goes on."""

NOT_ASKED = "it was not asked for"
REFUSED = "its file is not rewritten"
_BY_HAND = "it needs a decision of yours"
_OF_RULES = {
    "backfill-unbatched": "only you know whether there are so many rows",
    "set-not-null-may-fail": "only you know what the rows are to hold",
}


def by_hand(rule: str) -> str:
    """For a finding that no machine can mend."""
    return _OF_RULES.get(rule, _BY_HAND)
