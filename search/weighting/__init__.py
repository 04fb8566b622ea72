"""How much each criterion counts, as administrators set it: versions, their effect, and the page."""
