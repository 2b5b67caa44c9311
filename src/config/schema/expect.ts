import * as z from 'zod';
import { complain, duration, durationOrOff } from './values.ts';

const COPIES = 'a number of places; write a whole number from 1, the source counting as one';

/** `expect:` of a client, or of the defaults. */
export const expect = z
  .strictObject({
    snapshotEvery: durationOrOff({
      example: '24h',
      minMs: 1000,
      description: 'How often the client should make a snapshot; off: none is ever due.',
      default: '24h',
    }).optional(),
    grace: duration({
      example: '6h',
      minMs: 0,
      description:
        'How late a snapshot may be. Default: a quarter of snapshotEvery, at least 2h; 2h when it is off.',
      examples: ['6h'],
    }).optional(),
    copies: z
      .int({ error: (issue) => complain(issue.input, COPIES) })
      .min(1, { error: (issue) => complain(issue.input, COPIES) })
      .meta({
        description:
          'How many places each snapshot should be in, the source included. Default: all of them.',
        examples: [3],
      })
      .optional(),
    copiesWithin: duration({
      example: '24h',
      minMs: 1000,
      description: 'How long a new snapshot may take to be in that many places.',
      default: '24h',
    }).optional(),
  })
  .meta({ description: 'What is normal for this client: the thresholds of the alerts.' });
