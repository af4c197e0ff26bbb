"""One draw of `Params` and of `World` as plain numbers and lists."""

from types import SimpleNamespace

from foedus.core.world import DISPUTE_DRAWN, DRAWN


def parameters(params, draw):
    """Numbers by group and name; a list where there is one for each era."""

    def column(group):
        return {name: a[..., draw].tolist() for name, a in group._asdict().items()}

    return SimpleNamespace(
        **{name: SimpleNamespace(**column(group)) for name, group in params._asdict().items()}
    )


def place(world, draw):
    """The fields of a world as nested lists, and its disputes one by one."""
    fields = world._asdict()
    slots = fields.pop("dispute")
    lists = {name: (a[..., draw] if name in DRAWN else a).tolist() for name, a in fields.items()}
    count = len(slots.entity)
    return SimpleNamespace(
        **lists,
        states=range(len(lists["state_entity"])),
        treaties=range(len(lists["treaty_entity"])),
        disputes=[dispute(slots, slot, draw) for slot in range(count)],
    )


def dispute(slots, slot, draw):
    """One dispute as nested lists."""

    def column(name, a):
        return (a[..., draw] if name in DISPUTE_DRAWN else a)[..., slot].tolist()

    lists = {name: column(name, a) for name, a in slots._asdict().items()}
    return SimpleNamespace(**lists, principals=(lists["target"], lists["challenger"]))
