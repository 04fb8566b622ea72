"""A payment provider of our own for the demo and the tests: a process and an SQLite file apart.

It answers the part of Stripe's REST interface that `brokers.payments.stripe` calls, with the same
refusals, and knows nothing of the marketplace. Its books always add up: a balance is never stored, it
is the sum of the balance transactions.
"""
