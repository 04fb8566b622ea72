from django.apps import AppConfig


class ProfilesConfig(AppConfig):
    name = "brokers.profiles"
    label = "profiles"
