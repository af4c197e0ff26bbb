"""What treaties ask, and what war does to them: casus foederis, trust, membership."""

from foedus.alliance.revise import revise

__all__ = ["revise"]
