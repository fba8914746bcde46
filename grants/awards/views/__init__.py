"""Pages of awards: the desk, the nominating groups, the hall of honour."""

from __future__ import annotations

from grants.awards import fields

# What templates of awards call things.
WORDS = {
    "cycle_states": fields.CYCLE_STATES,
    "cycle_tones": fields.CYCLE_TONES,
    "nomination_states": fields.NOMINATION_STATES,
    "nomination_tones": fields.NOMINATION_TONES,
    "recipients": fields.RECIPIENTS,
    "grades": fields.GRADES,
    "shortest_deed": fields.SHORTEST_DEED,
    "longest_deed": fields.LONGEST_DEED,
}
