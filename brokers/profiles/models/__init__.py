from brokers.profiles.models.assignments import Assignment
from brokers.profiles.models.profiles import BrokerProfile

__all__ = ["Assignment", "BrokerProfile"]
