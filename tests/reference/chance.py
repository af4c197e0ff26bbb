"""Random numbers by what they are for: Philox4x32-10 in Python's integers."""

from math import erfc, sqrt
from statistics import NormalDist

WILL, WILL_JOIN, KIND, SIDE, WAR, EXCHANGE, TEMPO, DAY, ASK, ATTACK, STAY = range(1, 12)
WILL_SHORT, WILL_DENIABLE, KEEP, ACROSS, SPILL, SIGN = 13, 14, 15, 17, 18, 19
WORD = 0xFFFFFFFF


def philox(counter, key):
    """Ten rounds of Salmon and coauthors 2011."""
    a, b, c, d = counter
    k, m = key
    for _ in range(10):
        first, second = a * 0xD2511F53, c * 0xCD9E8D57
        a, b, c, d = second >> 32 ^ b ^ k, second & WORD, first >> 32 ^ d ^ m, first & WORD
        k, m = (k + 0x9E3779B9) & WORD, (m + 0xBB67AE85) & WORD
    return a, b, c, d


class Luck:
    """The chance of one run under one seed."""

    def __init__(self, seed, run):
        self.key = seed & WORD, seed >> 32
        self.run = run

    def uniforms(self, day, purpose, entity):
        """Four uniforms in the open unit interval, 32 bits each."""
        words = philox((self.run, day, purpose, entity), self.key)
        return [(word + 0.5) / 2**32 for word in words]

    def uniform(self, day, purpose, entity):
        return self.uniforms(day, purpose, entity)[0]

    def normal(self, day, purpose, entity):
        return quantile(self.uniform(day, purpose, entity))


def quantile(p):
    """Of the standard normal."""
    return NormalDist().inv_cdf(p)


def below(x):
    """Probability that a standard normal lies below x."""
    return erfc(-x / sqrt(2)) / 2
