"""What people decide about matches: recorded as it was shown, and told to the other side's author."""

from search.decisions.recording import DeclineReason, Verdict, contract, decide, record, take_back

__all__ = ["DeclineReason", "Verdict", "contract", "decide", "record", "take_back"]
