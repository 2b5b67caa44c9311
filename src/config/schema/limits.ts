import * as z from 'zod/mini';
import { optionalKeys } from '../../schema/keys.ts';
import { describeInvalid, rate, wholeNumber } from '../../schema/values.ts';

const BANDWIDTH = 'a map of backend names to rates; write e.g. { b2: 8MiB/s }';

/** `limits:` of backup-syncd.yaml. */
export const limits = z
  .strictObject(
    optionalKeys({
      transfers: wholeNumber({
        wanted: 'a number of backends; write a whole number from 1 to 64',
        min: 1,
        max: 64,
        description: 'How many backends may transfer data at the same time, across all clients.',
        default: 4,
      }),
      bandwidth: z
        .record(
          z.string(),
          rate({
            example: '8MiB/s',
            description:
              'The maximum rate at which objects are sent to all backends with this name together.',
            examples: ['8MiB/s'],
          }),
          { error: (issue) => describeInvalid(issue.input, BANDWIDTH) },
        )
        .register(z.globalRegistry, {
          description: 'Maximum rates by backend name, for all clients together.',
          examples: [{ b2: '8MiB/s' }],
        }),
    }),
  )
  .register(z.globalRegistry, { description: 'Limits that all clients share.' });
