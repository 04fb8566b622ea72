from marketplace.accounts.models.organisations import Invitation, Membership, Organisation
from marketplace.accounts.models.users import User

__all__ = ["Invitation", "Membership", "Organisation", "User"]
