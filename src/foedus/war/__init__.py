"""What happens in the war: the front, its end, losses, truces."""

from foedus.war.advance import advance, begin
from foedus.war.front import outlook

__all__ = ["advance", "begin", "outlook"]
