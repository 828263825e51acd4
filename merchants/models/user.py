"""A person who logs in."""

from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """Our own from the first migration, so that it can grow. People belong to no merchant;
    memberships say where they may act."""

    email = models.EmailField(_("e-mail"), unique=True, null=True, blank=True)  # type: ignore[assignment]  # unknown is null
    language = models.CharField(_("language"), max_length=10, blank=True)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email or None  # many may have none; an empty one is unique
        super().save(*args, **kwargs)

    def __str__(self) -> str:
        return self.get_full_name() or self.username
