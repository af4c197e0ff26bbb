"""Numbers as people read them: words of estimative probability, whole per cents, ranges."""

# Office of the Director of National Intelligence (2015), Intelligence Community Directive 203.
_WORDS = (
    (0.01, "all but ruled out"),
    (0.05, "almost no chance"),
    (0.20, "very unlikely"),
    (0.45, "unlikely"),
    (0.55, "about even"),
    (0.80, "likely"),
    (0.95, "very likely"),
    (0.99, "almost certain"),
)


def chance(p: float) -> str:
    """Words for a probability, after Intelligence Community Directive 203.

    Examples:
        >>> chance(0.3), chance(0.999)
        ('unlikely', 'all but certain')
    """
    return next((word for limit, word in _WORDS if p < limit), "all but certain")


def percent(p: float) -> str:
    """Whole per cent; the ends are never stated as certain.

    Examples:
        >>> percent(0.005), percent(0.256), percent(0.998)
        ('<1 %', '26 %', '>99 %')
    """
    whole = round(100 * p)
    if whole < 1:
        return "<1 %"
    return ">99 %" if whole > 99 else f"{whole} %"


def percents(low: float, high: float) -> str:
    """A range of per cents.

    Examples:
        >>> percents(0.1, 0.253), percents(0.0, 0.001)
        ('10-25 %', '<1 %')
    """
    first, last = percent(low), percent(high)
    return last if first == last else f"{first.removesuffix(' %')}-{last}"


def number(x: float) -> str:
    """A quantity to two figures.

    Examples:
        >>> number(0.456), number(44.2), number(5321.0), number(0.0)
        ('0.46', '44', '5,300', '0')
    """
    if 0 < abs(x) < 1:
        return f"{x:.2f}"
    digits = max(0, len(f"{abs(x):.0f}") - 2)
    return f"{round(x, -digits):,.0f}"


def quantity(x: float, unit: str = "") -> str:
    """A quantity in its unit; a share as whole per cent.

    Examples:
        >>> quantity(0.456, "share"), quantity(82.4, "days"), quantity(300.4, "people")
        ('46 %', '82 days', '300')
    """
    if unit == "share":
        return f"{100 * x:.0f} %"
    return f"{_bare(x, unit)} days" if unit == "days" else _bare(x, unit)


def quantities(low: float, high: float, unit: str = "") -> str:
    """A range of a quantity.

    Examples:
        >>> quantities(0.0, 1.0, "share"), quantities(6.2, 11234.0)
        ('0-100 %', '6-11,000')
    """
    if unit == "share":
        return f"{100 * low:.0f}-{100 * high:.0f} %"
    return f"{_bare(low, unit)}-{_bare(high, unit)}"


def _bare(x: float, unit: str) -> str:
    """A number of a unit, which days and people have as wholes."""
    return number(float(round(x)) if unit else x)


def signed(x: float) -> str:
    """Logits to one decimal with their sign.

    Examples:
        >>> signed(0.26), signed(-0.04)
        ('+0.3', '0.0')
    """
    return f"{x:+.1f}".replace("+0.0", "0.0").replace("-0.0", "0.0")
