import * as z from 'zod/mini';
import { describeInvalid, duration, normalizePath, text } from '../../schema/values.ts';

const OWN_INTERVAL = 'How often a snapshot of it should be made. Default: expect.snapshotEvery.';
const ONE_HOST = 'a host name; write it as restic lists it, e.g. ahost';
const ONE_PATH = 'an absolute path; write it as restic lists it, e.g. /etc or C:\\Users';

function ownInterval() {
  return z.optional(
    duration({ example: '7d', minMs: 1000, description: OWN_INTERVAL, examples: ['7d'] }),
  );
}

/** restic takes any text as the name of a host. */
function host(meta: Meta) {
  return text({
    ...meta,
    pattern: /^[^\p{Cc}]{1,255}$/u,
    wanted: ONE_HOST,
    parse: (given) => ({ value: given }),
  });
}

/** restic stores absolute paths without a trailing slash. A client may run Windows. */
function backedUpPath(meta: Meta) {
  return text({
    ...meta,
    pattern: /^(\/|[A-Za-z]:[\\/]|\\\\)[^\p{Cc}]{0,4095}$/u,
    wanted: ONE_PATH,
    parse: (given) => ({ value: given.startsWith('/') ? normalizePath(given) : given }),
  });
}

interface Meta {
  readonly description: string;
  readonly examples: string[];
}

const aPath = backedUpPath({
  description: 'A path that snapshots should have. {client} stands for the name of the client.',
  examples: ['/etc'],
});
const aHost = host({
  description: 'A host that should make snapshots. {client} stands for the name of the client.',
  examples: ['ahost'],
});

export const expectedPaths = listOf({
  key: 'path',
  entry: z.union([aPath, z.strictObject({ path: aPath, snapshotEvery: ownInterval() })], {
    error: (issue) => describeInvalid(issue.input, `${ONE_PATH}; or a map with path`),
  }),
  wanted: 'a list of paths; write e.g. [/etc, /home]',
  description:
    'Paths that each need a recent snapshot, as restic lists them. Needs source.password. A list replaces the one from the defaults.',
  example: ['/etc', { path: '/srv/media', snapshotEvery: '7d' }],
});

export const expectedHosts = listOf({
  key: 'host',
  entry: z.union([aHost, z.strictObject({ host: aHost, snapshotEvery: ownInterval() })], {
    error: (issue) => describeInvalid(issue.input, `${ONE_HOST}; or a map with host`),
  }),
  wanted: 'a list of host names; write e.g. [ahost]',
  description:
    'Hosts that each need a recent snapshot (with paths: of each of the paths), as restic lists them. Needs source.password. A list replaces the one from the defaults.',
  example: ['ahost', { host: 'bhost', snapshotEvery: '7d' }],
});

interface ListOptions<T> {
  /** of an entry that is a map */
  readonly key: string;
  readonly entry: z.ZodMiniType<T>;
  readonly wanted: string;
  readonly description: string;
  readonly example: readonly unknown[];
}

function listOf<T>({ key, entry, wanted, description, example }: ListOptions<T>) {
  return z
    .array(entry, { error: (issue) => describeInvalid(issue.input, wanted) })
    .check(
      z.superRefine((list, context) => {
        const names = list.map((one) => nameOf(one, key));
        const at = names.findIndex((name, i) => names.indexOf(name) < i);
        if (at < 0) return;
        const message = `${JSON.stringify(names[at])} is in this list already; remove one of them`;
        context.addIssue({ code: 'custom', path: [at], message });
      }),
    )
    .register(z.globalRegistry, { description, examples: [example] });
}

function nameOf(entry: unknown, key: string): unknown {
  return typeof entry === 'object' && entry !== null ? Reflect.get(entry, key) : entry;
}
