"""What treaties ask, and what war does to them: casus foederis, trust, membership."""
