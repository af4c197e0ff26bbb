"""What every layer shares: kinds, records of arrays, random streams, sums, features, states."""
