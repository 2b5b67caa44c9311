import * as z from 'zod/mini';
import { DAY_MS } from '../../runtime/units.ts';
import { duration, path } from '../../schema/values.ts';

/** `heartbeat:` of backup-syncd.yaml. */
export const heartbeat = z
  .strictObject({
    urlFile: path({
      template: false,
      description:
        'A file that contains only the URL to fetch. The URL is a secret: anyone who knows it can tell the service that all is well.',
      examples: ['/etc/backup-syncd/heartbeat-url'],
    }),
    every: z.optional(
      duration({
        example: '5m',
        minMs: 1000,
        maxMs: 7 * DAY_MS,
        description: 'How often to fetch the URL while all is well.',
        default: '5m',
      }),
    ),
  })
  .register(z.globalRegistry, {
    description:
      'A URL that the daemon fetches only while all clients are well, for a service that alerts you when the requests stop.',
  });
