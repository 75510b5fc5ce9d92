"""A password hasher for tests: a hundred thousand times quicker, and what it wrote a real process can still verify."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class FastHasher(PBKDF2PasswordHasher):
    """PBKDF2 with a single round."""

    iterations = 1
