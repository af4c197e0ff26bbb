"""Who does what: challenger, target, and the third parties that are called on."""
