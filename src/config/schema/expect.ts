import * as z from 'zod/mini';
import { optionalKeys } from '../../schema/keys.ts';
import { duration, durationOrOff, wholeNumber } from '../../schema/values.ts';
import { expectedHosts, expectedPaths } from './groups.ts';

/** `expect:` of a client, or of the defaults. */
export const expect = z
  .strictObject(
    optionalKeys({
      snapshotEvery: durationOrOff({
        example: '24h',
        minMs: 1000,
        description: 'How often the client should make a snapshot; off: no snapshot is ever due.',
        default: '24h',
      }),
      grace: duration({
        example: '6h',
        minMs: 0,
        description:
          'How late a snapshot may be. Default: a quarter of snapshotEvery, at least 2h; 2h when it is off.',
        examples: ['6h'],
      }),
      copies: wholeNumber({
        wanted: 'a number of places; write a whole number from 1, including the source',
        min: 1,
        description:
          'How many places each snapshot should be in, including the source. Default: all of them.',
        examples: [3],
      }),
      copiesWithin: duration({
        example: '24h',
        minMs: 1000,
        description: 'How long it may take until a new snapshot is in that many places.',
        default: '24h',
      }),
      seenWithin: duration({
        example: '24h',
        minMs: 1000,
        description:
          'How long the copies at a backend count after the last contact. Default: 24h, or three times the interval at which it is checked, whichever is longer.',
        examples: ['24h'],
      }),
      paths: expectedPaths,
      hosts: expectedHosts,
    }),
  )
  .register(z.globalRegistry, {
    description: 'What is normal for this client. The alerts use these thresholds.',
  });
