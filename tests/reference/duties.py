"""What treaties ask of a state, and what states think of each other."""

from math import exp, log

from foedus.core.kinds import Action, Grade, Membership, Obligation, Reading, Side

MEDIAN_CAPABILITY = 0.00093
PLAN = 90
BINDING = Membership.FULL, Membership.HEDGES, Membership.LEAVING
HELP = Obligation.DEFENSE, Obligation.OFFENSE, Obligation.CONSULTATION


def reach(at, k):
    """Strength that k can bring to the place in the end: less with distance."""
    return at.w.capability[k] * exp(-at.p.joining.reach * at.d.distance[k])


def power(at, k):
    """Log of it over the median state's capability."""
    return log(reach(at, k) / MEDIAN_CAPABILITY)


def after(at, k, days):
    """What of k stands at the place after some days of transport: stock plus flow, up to reach.

    Of its forces those count that nothing ties up elsewhere; what stands there stays.
    """
    full = reach(at, k) * at.free[k]
    flow = at.p.joining.lift * at.d.route[k] * full * days
    return max(at.s.present[k], min(full, at.s.present[k] + flow))


def garrison(at, k):
    """What of k resists an attack on the place even if k stays out."""
    return at.p.joining.garrison * at.d.in_place[k]


def fielded(at, turned=()):
    """Strength of each side while nobody helps; those who turned on the target do not resist."""
    resist = sum(garrison(at, k) for k in at.w.states if k not in turned)
    own = zip(at.d.local, at.d.imports, strict=True)
    target, challenger = (force * exp(at.p.war.imports * bought) for force, bought in own)
    return [target + resist, challenger]


def bound(at, t, k):
    """Treaty t binds k: also while k hedges, or until its notice runs out."""
    return at.al.membership[t][k] in BINDING


def promised(at, side, t, trigger):
    """How much t promises a side, so far triggered: consultation little, offence untriggered."""
    promise = at.w.promise[t]
    offence = promise[Obligation.OFFENSE] if side == Side.CHALLENGER else 0.0
    consult = promise[Obligation.CONSULTATION] * at.p.joining.consultation * trigger
    return max(promise[Obligation.DEFENSE] * trigger, offence, consult)


def duty(at, side, t):
    """How far t's duty to a side is felt if asked: scope times what is promised, 0 to 1.

    Once the side's own land has been struck, for that if it goes further.
    """
    d, j = at.d, at.p.joining
    scope = {Reading.NO: j.outside, Reading.DISPUTED: j.disputed, Reading.YES: 1.0}
    trigger = {Reading.NO: 0.0, Reading.DISPUTED: j.disputed, Reading.YES: 1.0}
    here = scope[d.covered[side][t]] * promised(at, side, t, trigger[d.triggered[side][t]])
    return max(here, at_home(at, side, t)) if at.s.across[1 - side] else here


def at_home(at, side, t):
    """How far t's duty to a side would be felt for a strike on its own land."""
    j, reading = at.p.joining, at.d.home[side][t]
    scope = {Reading.NO: j.outside, Reading.DISPUTED: j.disputed, Reading.YES: 1.0}
    return scope[reading] * promised(at, side, t, float(reading != Reading.NO))


def threat(at, side):
    """What the third parties bound to a side would owe it, at most, for such a strike."""
    due = [at_home(at, side, t) for t in at.w.treaties]
    parties = [k for k in at.w.states if at.d.party[k]]
    return max((strongest(at, side, k, due) for k in parties), default=0.0)


def letter(at, t, wide):
    """How far t's duty to the target is due under the wide reading, or the narrow one."""
    least = Reading.DISPUTED if wide else Reading.YES
    d, side, due = at.d, Side.TARGET, [0.0]
    if d.covered[side][t] >= least:
        due.append(promised(at, side, t, float(d.triggered[side][t] >= least)))
    if at.s.across[Side.CHALLENGER] and d.home[side][t] >= least:
        due.append(promised(at, side, t, 1.0))
    return max(due)


def awaited(at, t, asked):
    """What is left of t's duty to the target while the request that it needs is awaited."""
    return at.p.joining.unasked if at.w.on_request[t] and not asked[t] else 1.0


def strongest(at, side, k, due):
    """The strongest of the duties that bind both k and a side's principal; `due` by treaty."""
    other = at.d.principals[side]
    return max(
        (due[t] for t in at.w.treaties if bound(at, t, k) and bound(at, t, other)), default=0.0
    )


def obligation(at, side, k, asked):
    """What k feels that it owes a side now."""
    wait = [awaited(at, t, asked) if side == Side.TARGET else 1.0 for t in at.w.treaties]
    here = strongest(at, side, k, [duty(at, side, t) * wait[t] for t in at.w.treaties])
    j = at.p.joining
    read = {Reading.NO: 0.0, Reading.DISPUTED: j.disputed, Reading.YES: 1.0}
    return max(here, drawn_in(at, side, k, read)) if at.s.at_war and at.s.spread[side] else here


def drawn_in(at, side, k, read):
    """What k owes outsiders that fight for a side, were their own land struck, as it is read."""
    fights = [i for i in at.w.states if at.s.action[i] == Action.of(Grade.COMBAT, side)]
    if k in fights:
        return 0.0
    owed = [0.0]
    for t in at.w.treaties:
        promise, consult = at.w.promise[t], at.p.joining.consultation
        whole = max(promise[Obligation.DEFENSE], promise[Obligation.CONSULTATION] * consult)
        owed += [
            whole * read[at.w.own_land[t][i]] for i in fights if bound(at, t, i) and bound(at, t, k)
        ]
    return max(owed)


def owed(at, k, asked, wide):
    """What k owes the target by one reading of the law."""
    due = [letter(at, t, wide) * awaited(at, t, asked) for t in at.w.treaties]
    here = strongest(at, Side.TARGET, k, due)
    least = Reading.DISPUTED if wide else Reading.YES
    read = {reading: float(reading >= least) for reading in Reading}
    struck = at.s.at_war and at.s.spread[Side.TARGET]
    return max(here, drawn_in(at, Side.TARGET, k, read)) if struck else here


def shared(at, side, k):
    """Treaties that bind both k and a side's principal."""
    other = at.d.principals[side]
    return [t for t in at.w.treaties if bound(at, t, k) and bound(at, t, other)]


def restraint(at, side, k):
    """1 if k has promised not to fight a side."""
    kinds = Obligation.NONAGGRESSION, Obligation.NEUTRALITY
    promises = [at.w.promise[t][kind] for t in shared(at, side, k) for kind in kinds]
    return max(promises, default=0.0)


def camp(at, side, k):
    """Share of k's treaties with either side that it has with this one."""
    here, there = (set(shared(at, s, k)) for s in (side, 1 - side))
    return len(here) / max(len(here | there), 1)


def held_back(at, side, k):
    """What speaks against taking up arms against a side, in logits."""
    j = at.p.joining
    return j.nonaggression * restraint(at, side, k) + j.camps * camp(at, side, k)


def signatories(at, side, t):
    """Third parties that signed t, a promise of help, with a side's principal."""
    member = at.w.member[t]
    if not member[at.d.principals[side]] or not any(at.w.promise[t][kind] for kind in HELP):
        return []
    return [k for k in at.w.states if member[k] and at.d.party[k]]


def partners(at, side, i):
    """How many third parties other than i are bound to defend a side, and not the other."""

    def defends(k, whom):
        other = at.d.principals[whom]
        return any(
            at.w.member[t][k] and at.w.member[t][other] and at.w.promise[t][Obligation.DEFENSE]
            for t in at.w.treaties
            if at.d.covered[whom][t] != Reading.NO
        )

    others = [k for k in at.w.states if at.d.party[k] and k != i]
    return sum(defends(k, side) and not defends(k, 1 - side) for k in others)


def stake(at, k):
    """What k gains when the target keeps the land: its ties to it, less those to the challenger."""
    j, d = at.p.joining, at.d

    def ties(side):
        return j.trade * d.trade[side][k] + j.energy * d.energy[side][k] + j.base * d.base[side][k]

    return ties(Side.TARGET) - ties(Side.CHALLENGER)


def share_a_treaty(w, i, k):
    return any(w.member[t][i] and w.member[t][k] for t in w.treaties)


def reads_widely(p, w, k):
    """Probability that k gives the wide reading of a disputed clause; certain if it said so."""
    return {Reading.NO: 0.0, Reading.DISPUTED: p.joining.disputed, Reading.YES: 1.0}[w.reads[k]]


def learnt(p, w, al, observer, ally):
    """Log-odds of steadfastness that an ally's conduct has added for one who reads it so."""
    return taught(al, ally, reads_widely(p, w, observer))


def taught(al, ally, wide):
    """The same for one who reads widely with some probability."""

    def mixed(narrow, broad):
        if wide in (0, 1):
            return broad if wide else narrow
        top = max(narrow, broad)
        return top + log((1 - wide) * exp(narrow - top) + wide * exp(broad - top))

    steadfast, other = (
        mixed(by_reading[Reading.NO][ally], by_reading[1][ally]) for by_reading in al.lessons
    )
    return steadfast - other


def trust(at, observer, ally):
    """Probability that an observer gives an ally of being steadfast."""
    p, w = at.p, at.w
    attention = 1.0 if share_a_treaty(w, observer, ally) else p.alliance.attention
    odds = log(p.alliance.trust / (1 - p.alliance.trust)) + w.trust[observer][ally]
    news = learnt(p, w, at.al, observer, ally) + at.al.heard[ally]
    return 1 / (1 + exp(-(odds + attention * news)))


def watchers(at, k):
    """Number of third parties, other than k, that signed with k a treaty of a principal."""
    member = [row for row in at.w.member if any(row[i] for i in at.d.principals) and row[k]]
    return sum(at.d.party[i] and i != k and any(row[i] for row in member) for i in at.w.states)


def weight(at, k, type_):
    """Utility of a duty in full to k of a type, 1 (steadfast) or -1."""
    j = at.p.joining
    reputation = j.reputation * trust(at, at.d.target, k) * log(1 + watchers(at, k))
    kept = exp(-j.fading * (at.w.year - 1945) / 50)
    return j.obligation * kept * (1 + reputation) * (1 + j.steadfast * type_)
