import * as z from 'zod/mini';
import { duration, path } from './values.ts';

/** `heartbeat:` of backup-syncd.yaml. */
export const heartbeat = z
  .strictObject({
    urlFile: path({
      template: false,
      description:
        'A file that holds nothing but the URL to fetch. It is a secret: whoever knows it can tell the service that all is well.',
      examples: ['/etc/backup-syncd/heartbeat-url'],
    }),
    every: z.optional(
      duration({
        example: '5m',
        minMs: 1000,
        maxMs: 7 * 24 * 3600 * 1000,
        description: 'How often it is fetched while all is well.',
        default: '5m',
      }),
    ),
  })
  .register(z.globalRegistry, {
    description:
      'A URL that is fetched only while every client is as it should be, for a service that alarms when it is not.',
  });
