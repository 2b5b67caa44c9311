import * as z from 'zod/mini';
import { keysOf, WHEN_MAP } from './keys.ts';
import { rcloneConfig } from './remote-keys.ts';
import { remote } from './remote.ts';
import { duration, path, truth } from './values.ts';

/** `source:` of a client, or of the defaults; every key may come from either. */
export const source = z
  .strictObject({
    directory: z.optional(
      path({
        template: true,
        description:
          'The restic repository that the client writes to. backup-syncd never writes there.',
        examples: ['/backups/{client}/restic'],
      }),
    ),
    rclone: z.optional(
      remote({
        description:
          'An rclone remote, and the path of the repository there. Use instead of directory. backup-syncd never writes there.',
        examples: ['s3:bucket/{client}'],
      }),
    ),
    rcloneConfig: z.optional(
      rcloneConfig(
        'The rclone.conf that defines the remote. Without it, the environment must define the remote (RCLONE_CONFIG_NAME_TYPE and so on).',
      ),
    ),
    poll: z.optional(
      duration({
        example: '1m',
        minMs: 1000,
        maxMs: 7 * 24 * 3600 * 1000,
        description:
          'How often the source is checked; this costs one request at a remote. At least 1s, at most 7d.',
        default: '1m',
      }),
    ),
    watch: z.optional(
      truth({
        description:
          'Also check the source as soon as the file system reports a change. Polling always continues. Only for directories.',
        default: true,
      }),
    ),
  })
  .check(z.superRefine(checkKind, WHEN_MAP))
  .register(z.globalRegistry, {
    description: 'Where the client backs up to, and how it is watched.',
  });

/** The keys that only one kind of source has. */
const OF = { directory: ['watch'], rclone: ['rcloneConfig'] } as const;

/** One kind of source in one map. What the defaults say of the other kind does not concern a client that has this one. */
function checkKind(value: object, context: z.core.$RefinementCtx): void {
  const { has, complainOf } = keysOf(value, context);
  if (has('directory') && has('rclone')) {
    complainOf(
      'rclone',
      'cannot be combined with directory; a source is one place: keep one of them',
    );
    return;
  }
  for (const [owner, other] of [
    ['directory', 'rclone'],
    ['rclone', 'directory'],
  ] as const) {
    for (const key of OF[owner].filter((own) => has(other) && has(own)))
      complainOf(key, `belongs to a source with ${owner}; this one has none: remove it`);
  }
}
