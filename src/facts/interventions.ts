import * as z from 'zod/mini';
import { optional } from '../runtime/optional.ts';
import { list, time } from './fields.ts';

/** Something that a person did to a client by a command. */
const Intervention = z.readonly(
  z.object({
    at: time,
    what: z.enum(['acknowledged', 'announced', 'paused', 'resumed']),
    /** user name and number */
    by: z.string(),
    reason: z.optional(z.string()),
    /** absent: the client as a whole */
    backend: z.optional(z.string()),
    /** when a pause or an announcement was to end */
    endsAt: z.optional(time),
    /** what was acknowledged */
    message: z.optional(z.string()),
  }),
);
export type Intervention = z.output<typeof Intervention>;

/** The actions of people, the newest first. `client/interventions.ts` writes it. */
export const Interventions = z.readonly(
  z.object({ interventions: z.optional(list(Intervention)) }),
);
export type Interventions = z.output<typeof Interventions>;

export const NO_INTERVENTIONS: Interventions = {};

/** How many of them are kept. */
const MOST = 50;
/** The longest text of one, in characters: an alarm can list many files. */
const LONGEST_TEXT = 1_000;

/** Adds one, and forgets the oldest if there are too many. Pure. */
export function withIntervention(
  { interventions = [] }: Interventions,
  one: Intervention,
): Interventions {
  const { reason, message } = one;
  const cut = {
    ...one,
    ...optional({
      reason: reason?.slice(0, LONGEST_TEXT),
      message: message?.slice(0, LONGEST_TEXT),
    }),
  };
  return { interventions: [cut, ...interventions].slice(0, MOST) };
}
