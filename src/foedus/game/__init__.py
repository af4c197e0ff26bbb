"""Who does what: challenger, target, and the third parties that are called on."""

from foedus.game.play import play

__all__ = ["play"]
