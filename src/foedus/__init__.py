"""When a state with allies is attacked: who comes, what happens, what it does to them."""

__version__ = "0.4.0"
