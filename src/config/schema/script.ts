import * as z from 'zod/mini';
import { keysOf, WHEN_MAP } from './keys.ts';
import { listEvery, probeEvery, rcloneConfig } from './remote-keys.ts';
import { remote } from './remote.ts';
import { complain, duration, path } from './values.ts';

const DAY_MS = 24 * 3600 * 1000;
const WANTED = 'a list: the program, by its absolute path, and its arguments';

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
    'Instead of a directory: a program of your own that brings what is new there. {client} stands for the name of the client.',
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
  if (at >= 0) complainOf('holds a NUL character; no argument can', [at]);
}

export const deadline = duration({
  example: '6h',
  minMs: 1000,
  maxMs: 14 * DAY_MS,
  description: 'How long a script may take before it is ended, with all that it has started.',
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
        description: 'Instead of a directory: a remote of rclone, and the path there.',
        examples: ['b2:bucket/{client}'],
      }),
    ),
    rcloneConfig: z.optional(
      rcloneConfig('The rclone.conf that defines the remote. Without it, the environment does.'),
    ),
    probeEvery: z.optional(
      probeEvery('How often `snapshots/` of the remote is looked at when nothing is new.'),
    ),
    listEvery: z.optional(listEvery('How often all of it is listed, to notice losses.')),
  })
  .check(z.superRefine(checkPlace, WHEN_MAP))
  .register(z.globalRegistry, {
    description:
      'Where to look whether a script has done its work; only read. Without it, its result counts as no copy.',
  });

const OF_RCLONE = ['rcloneConfig', 'probeEvery'] as const;

function checkPlace(value: object, context: z.core.$RefinementCtx): void {
  const { has, complainOf } = keysOf(value, context);
  if (has('directory') && has('rclone'))
    complainOf('rclone', 'is given beside directory; there is one place to look at: keep one');
  if (has('rclone')) return;
  if (!has('directory')) {
    complainOf(
      'directory',
      complain(undefined, 'the directory that the script copies to; or write rclone: REMOTE:PATH'),
    );
  }
  for (const key of OF_RCLONE) {
    if (has(key)) complainOf(key, 'belongs beside an rclone; there is none here: remove it');
  }
}
