/** Decides which passes may transfer data now. Pure. Times are milliseconds of one clock. */

/** Limits that all clients share. */
export interface Limits {
  /** the number of backends that may transfer data at the same time */
  readonly transfers: number;
  /** bytes per second by backend name, for all clients together */
  readonly bandwidth: Readonly<Record<string, number>>;
}

/** A pass that waits to transfer data, over one backend of one client. */
export interface Contender {
  readonly client: string;
  readonly backend: string;
  /** a first copy, or a pass with much to send, which goes after short ones */
  readonly isLong: boolean;
  /** when it began to wait */
  readonly since: number;
}

/** A pass whose turn it is. */
export interface Mover extends Contender {
  /** when its turn began */
  readonly turnSince: number;
}

export interface Situation {
  readonly now: number;
  readonly limits: Limits;
  /** passes that transfer data, without stalled ones */
  readonly moving: readonly Pick<Mover, 'backend'>[];
  /** by client: the number of its last turn, counted across all clients */
  readonly lastTurns: ReadonlyMap<string, number>;
  /** by name of a backend with a limit: when the next batch may begin, after what was sent */
  readonly paidAt: ReadonlyMap<string, number>;
}

/** For this long, a pass need not give way to equals, because frequent restarts cost more than they transfer. */
const TURN_MS = 5_000;
/** A long pass that has waited for this long counts as short, so that short ones cannot starve it. */
const PATIENCE_MS = 10 * 60_000;

/** Chooses the next waiting pass: short before long, then the client whose last turn is longest ago. */
export function choose<C extends Contender>(
  waiting: Iterable<C>,
  situation: Situation,
): C | undefined {
  let best: C | undefined;
  for (const candidate of waiting) {
    if (!mayMove(candidate, situation)) continue;
    if (best === undefined || goesBefore(candidate, best, situation)) best = candidate;
  }
  return best;
}

/** Whether there is room for it: a slot and, if its backend has a bandwidth limit, all of that. */
export function mayMove({ backend }: Contender, situation: Situation): boolean {
  const { limits, moving, paidAt, now } = situation;
  if (moving.length >= limits.transfers) return false;
  if (rateOf(limits, backend) === undefined) return true;
  return now >= (paidAt.get(backend) ?? -Infinity) && !moving.some((m) => m.backend === backend);
}

/** Whether a pass that finished a batch may continue; the situation does not include it. */
export function mayGoOn(mover: Mover, waiting: Iterable<Contender>, situation: Situation): boolean {
  if (!mayMove(mover, situation)) return false;
  const rival = choose(waiting, situation);
  if (rival === undefined) return true;
  const [own, its] = [rankOf(mover, situation.now), rankOf(rival, situation.now)];
  return own === its ? situation.now - mover.turnSince < TURN_MS : own < its;
}

/** Bytes a second; undefined: no limit. */
export function rateOf({ bandwidth }: Limits, backend: string): number | undefined {
  return Object.hasOwn(bandwidth, backend) ? bandwidth[backend] : undefined;
}

function goesBefore(a: Contender, b: Contender, { now, lastTurns }: Situation): boolean {
  const turn = ({ client }: Contender) => lastTurns.get(client) ?? 0;
  const order = rankOf(a, now) - rankOf(b, now) || turn(a) - turn(b) || a.since - b.since;
  return order < 0;
}

function rankOf({ isLong, since }: Contender, now: number): number {
  return isLong && now - since < PATIENCE_MS ? 1 : 0;
}
