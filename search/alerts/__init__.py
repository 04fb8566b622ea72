"""Watches over new listings: what they find, and how their people are told of it, once and no more."""
