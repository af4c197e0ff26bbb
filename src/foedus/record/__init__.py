"""The historical record: tables as their publishers ship them, and what is made of them."""
