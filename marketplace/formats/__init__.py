"""How the site writes dates where Django's own way of a language does not fit."""
