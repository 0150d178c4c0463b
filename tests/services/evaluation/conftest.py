"""The review's shorthands serve here, too."""

from tests.services.review.conftest import after, city, deputy, parts, refused, served

__all__ = ["after", "city", "deputy", "parts", "refused", "served"]
