import * as z from 'zod/mini';
import { DAY_MS } from '../runtime/units.ts';
import { time } from './fields.ts';

/** A maintenance window, which ends by itself. */
const Pause = z.readonly(
  z.object({
    since: time,
    endsAt: time,
    /** user name and number */
    by: z.string(),
    reason: z.string(),
  }),
);
export type Pause = z.output<typeof Pause>;

/** The last pause of the client and of each backend, also when it is over. `client/pauses.ts` writes it. */
export const Pauses = z.readonly(
  z.object({
    clientPause: z.optional(Pause),
    /** by backend */
    backendPauses: z.optional(z.readonly(z.record(z.string(), Pause))),
  }),
);
export type Pauses = z.output<typeof Pauses>;

export const NO_PAUSES: Pauses = {};

/** How far a clock may be behind the beginning of a pause, in milliseconds: as much as a wrong time zone makes it. */
const CLOCK_ERROR_MS = DAY_MS;

/**
 * Whether a pause is in force. One that begins in the future was made by a wrong clock, so it does not hold: it might never end.
 * Pure.
 */
function isInForce({ since, endsAt }: Pause, now: number): boolean {
  return since <= now + CLOCK_ERROR_MS && now < endsAt;
}

/** The pause that is in force for a client as a whole. Pure. */
export function clientPauseAt({ clientPause }: Pauses, now: number): Pause | undefined {
  return clientPause && isInForce(clientPause, now) ? clientPause : undefined;
}

/** The pause that is in force for a backend: its own or that of its client, whichever ends later. Pure. */
export function backendPauseAt(pauses: Pauses, backend: string, now: number): Pause | undefined {
  const own = ownPauseOf(pauses, backend);
  const ofClient = clientPauseAt(pauses, now);
  if (own === undefined || !isInForce(own, now)) return ofClient;
  return ofClient !== undefined && ofClient.endsAt > own.endsAt ? ofClient : own;
}

/** The pauses of a backend that are over, the oldest first; none while one is in force. Pure. */
export function pausesOver(pauses: Pauses, backend: string, now: number): readonly Pause[] {
  if (backendPauseAt(pauses, backend, now) !== undefined) return [];
  return pausesOf(pauses, backend)
    .filter(({ endsAt }) => endsAt <= now)
    .sort((a, b) => a.since - b.since);
}

/**
 * Since when something is owed if the time of pauses does not count. What came during a pause is owed since its end. Pure.
 *
 * @param over the oldest first
 */
export function owedWithoutPauses(owedSince: number, over: readonly Pause[]): number {
  let [countedTo, paused] = [owedSince, 0];
  for (const { since, endsAt } of over) {
    paused += Math.max(0, endsAt - Math.max(since, countedTo));
    countedTo = Math.max(countedTo, endsAt);
  }
  return owedSince + paused;
}

/** The last pauses of a place, over or not: its own and that of its client. Pure. */
export function pausesOf(pauses: Pauses, place: string): Pause[] {
  return [pauses.clientPause, ownPauseOf(pauses, place)].filter((pause) => pause !== undefined);
}

function ownPauseOf({ backendPauses = {} }: Pauses, backend: string): Pause | undefined {
  return Object.hasOwn(backendPauses, backend) ? backendPauses[backend] : undefined;
}
