"""Small frames of one and of two disputes, a quiet history to write on, and random batches."""

from datetime import date, timedelta

import numpy as np

from foedus.claims.frame import Frame
from foedus.core.kinds import Action, Membership, Status
from foedus.core.situation import Trajectories

START = date(2020, 9, 27)
FRAME = Frame(START, ("ARM", "AZE", "RUS", "TUR"), ("CSTO", "SHUSHA"), ("land",), days=45)
BOTH = FRAME._replace(disputes=("border", "land"))


def on(day):
    """Date of a day of the frame."""
    return START + timedelta(days=day)


def blank(runs=1, frame=FRAME):
    """Nothing happens; every array may be written on."""
    weeks, states, treaties = frame.weeks, len(frame.states), len(frame.treaties)
    n = len(frame.disputes)
    return Trajectories(
        status=np.zeros((frame.days, n, runs), np.uint8),
        front=np.zeros((frame.days, n, runs), np.float32),
        deaths=np.zeros((weeks, 2, n, runs), np.float32),
        civilians=np.zeros((weeks, 2, n, runs), np.float32),
        across=np.zeros((weeks, 2, n, runs), bool),
        spread=np.zeros((weeks, 2, n, runs), bool),
        action=np.zeros((weeks, states, n, runs), np.uint8),
        asked=np.zeros((weeks, treaties, n, runs), bool),
        keeper=np.full((weeks, n, runs), -1, np.int8),
        membership=np.full((weeks, treaties, states, runs), Membership.FULL, np.uint8),
        residual=np.zeros((weeks, n, runs), np.float32),
    )


def noise(seed, runs=6, frame=FRAME):
    """Anything happens: a batch that no engine would write, to test laws on."""
    rng = np.random.default_rng(seed)
    batch = blank(runs, frame)
    stay = rng.random(batch.status.shape) < 0.8
    batch.status[:] = rng.integers(0, len(Status), batch.status.shape)
    for day in range(1, frame.days):
        batch.status[day] = np.where(stay[day], batch.status[day - 1], batch.status[day])
    batch.front[:] = rng.random(batch.front.shape)
    batch.deaths[:] = rng.random(batch.deaths.shape).cumsum(axis=0)
    rare = rng.random(batch.action.shape) < 0.3
    batch.action[:] = np.where(rare, rng.integers(0, len(Action), batch.action.shape), 0)
    batch.asked[:] = rng.random(batch.asked.shape) < 0.1
    batch.keeper[:] = rng.integers(-1, len(frame.states), batch.keeper.shape)
    odd = rng.random(batch.membership.shape) < 0.05
    other = rng.integers(0, len(Membership), batch.membership.shape)
    batch.membership[:] = np.where(odd, other, Membership.FULL)
    batch.civilians[:] = rng.random(batch.civilians.shape).cumsum(axis=0)
    batch.across[:] = rng.random(batch.across.shape) < 0.1
    batch.spread[:] = rng.random(batch.spread.shape) < 0.1
    return batch
