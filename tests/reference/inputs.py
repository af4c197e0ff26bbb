"""One column of `Params` and of `World` as plain numbers and lists."""

from types import SimpleNamespace

from foedus.core.world import DRAWN


def parameters(params, draw):
    """Numbers by group and name; a list where there is one for each era."""

    def column(group):
        return {name: a[..., draw].tolist() for name, a in group._asdict().items()}

    return SimpleNamespace(
        **{name: SimpleNamespace(**column(group)) for name, group in params._asdict().items()}
    )


def place(world, draw):
    """The fields of a world as nested lists, in its own axes but for the draw."""

    def column(name, a):
        return (a[..., draw] if name in DRAWN else a).tolist()

    fields = {name: column(name, a) for name, a in world._asdict().items()}
    principals = (fields["target"], fields["challenger"])
    sizes = {"states": range(len(fields["party"])), "treaties": range(len(fields["leader"]))}
    return SimpleNamespace(**fields, **sizes, principals=principals)
