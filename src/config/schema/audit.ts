import * as z from 'zod/mini';
import { DAY_MS } from '../../runtime/units.ts';
import { optionalKeys } from '../../schema/keys.ts';
import { duration } from '../../schema/values.ts';

/** `audit:` of a client, or of the defaults. */
export const audit = z
  .strictObject(
    optionalKeys({
      every: duration({
        example: '24h',
        minMs: 60_000,
        maxMs: 90 * DAY_MS,
        description:
          'How often everything at the source and at each backend is listed, with its size, and compared. listEvery of a backend is this for that backend alone.',
        default: '24h',
      }),
    }),
  )
  .register(z.globalRegistry, {
    description: 'How the source and all backends are audited.',
  });
