"""What everybody may know of all deals together, in figures; who keeps the books reads what each counts.

Invariant: a figure is counted when it is asked for, from deals, their history and the ledger themselves.
"""
