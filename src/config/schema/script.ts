import * as z from 'zod/mini';
import { keysOf, WHEN_MAP } from './keys.ts';
import { listEvery, probeEvery, rcloneConfig } from './remote-keys.ts';
import { remote } from './remote.ts';
import { complain, duration, path } from './values.ts';

const DAY_MS = 24 * 3600 * 1000;
const WANTED = 'a list: the absolute path of the program, then its arguments';

/** A program with its arguments. No shell is between. */
export function command(meta: { readonly description: string; readonly examples: string[][] }) {
  const example = meta.examples[0]?.[0] ?? '';
  return z
    .array(z.string({ error: (issue) => complain(issue.input, 'a text; put it in quotes') }), {
      error: (issue) => complain(issue.input, `${WANTED}, e.g. [${example}]`),
    })
    .check(z.superRefine(checkProgram))
    .register(z.globalRegistry, meta);
}

/** `script:` of a backend. */
export const script = command({
  description:
    'Your own program, which copies what is new. Use instead of directory. {client} stands for the name of the client.',
  examples: [['/usr/local/bin/replica_sync']],
});

function checkProgram(given: readonly string[], context: z.core.$RefinementCtx): void {
  const [program] = given;
  const complainOf = (message: string, at: number[] = []) =>
    context.addIssue({ code: 'custom', path: at, message });
  if (program === undefined) complainOf(`is empty; it is ${WANTED}`);
  else if (!program.startsWith('/'))
    complainOf(complain(program, 'an absolute path; write it from the root'), [0]);
  const at = given.findIndex((argument) => argument.includes('\0'));
  if (at >= 0) complainOf('contains a NUL character, which no argument can', [at]);
}

export const deadline = duration({
  example: '6h',
  minMs: 1000,
  maxMs: 14 * DAY_MS,
  description: 'How long a script may take before it is killed, with everything that it started.',
  default: '24h',
});

/** `verify:` of a backend with a script. */
export const verify = z
  .strictObject({
    directory: z.optional(
      path({
        template: true,
        description: 'The directory that the script copies to.',
        examples: ['/mnt/nas/restic/{client}'],
      }),
    ),
    rclone: z.optional(
      remote({
        description: 'An rclone remote, and the path there. Use instead of directory.',
        examples: ['b2:bucket/{client}'],
      }),
    ),
    rcloneConfig: z.optional(
      rcloneConfig(
        'The rclone.conf that defines the remote. Without it, the environment must define the remote.',
      ),
    ),
    probeEvery: z.optional(
      probeEvery('How often `snapshots/` at the remote is checked when nothing is new.'),
    ),
    listEvery: z.optional(listEvery('How often everything there is listed, to detect losses.')),
  })
  .check(z.superRefine(checkPlace, WHEN_MAP))
  .register(z.globalRegistry, {
    description:
      'Where to check what a script has done; backup-syncd only reads there. Without it, the result does not count as a copy.',
  });

const OF_RCLONE = ['rcloneConfig', 'probeEvery'] as const;

function checkPlace(value: object, context: z.core.$RefinementCtx): void {
  const { has, complainOf } = keysOf(value, context);
  if (has('directory') && has('rclone'))
    complainOf(
      'rclone',
      'cannot be combined with directory; there is one place to check: keep one of them',
    );
  if (has('rclone')) return;
  if (!has('directory')) {
    complainOf(
      'directory',
      complain(undefined, 'the directory that the script copies to; or write rclone: REMOTE:PATH'),
    );
  }
  for (const key of OF_RCLONE) {
    if (has(key)) complainOf(key, 'only applies to rclone, and there is none here: remove it');
  }
}
