import type { Checked } from './check-file.ts';
import { problemAt } from './issues.ts';
import type { ClientFile } from './schema/client.ts';
import type { DaemonFile } from './schema/daemon.ts';
import type {
  BackendConfig,
  ClientConfig,
  ConfigProblem,
  Expectations,
  SourceConfig,
  VerifyConfig,
} from './types.ts';
import type { KeyPath } from './yaml-file.ts';
import { agree, plural } from '../runtime/plural.ts';

const MINUTE = 60 * 1000;
const HOUR = 60 * MINUTE;
const GIB = 2 ** 30;

/** One client's file over the defaults. */
export interface Layers {
  readonly name: string;
  readonly client: Checked<ClientFile>;
  readonly daemon: Checked<DaemonFile>;
}

export interface Built {
  /** absent when something it needs is missing or wrong */
  readonly client?: ClientConfig;
  readonly problems: readonly ConfigProblem[];
}

type BackendFile = NonNullable<ClientFile['backends']>[number];

/** The final client: merged, templates filled in, defaults of the program for the rest. */
export function buildClient(layers: Layers): Built {
  const own = layers.client.value;
  if (own === undefined || layers.daemon.value === undefined) return { problems: [] };
  const { defaults } = layers.daemon.value;
  const merged = {
    source: mergeSource(defaults?.source, own.source),
    expect: { ...defaults?.expect, ...own.expect },
    backends: own.backends ?? defaults?.backends ?? [],
  };
  const source = buildSource(layers.name, merged.source);
  const counting = merged.backends.filter(counts);
  const expect = buildExpectations(merged.expect, counting.length);
  const backends = merged.backends.flatMap((backend) => buildBackend(layers.name, backend, expect));
  const problems = [
    ...checkSource(layers, source),
    ...checkCopies(layers, expect, merged.backends),
    ...checkPace(layers, source, expect),
    ...checkOneRclone(layers, source, backends),
  ];
  if (source === undefined) return { problems };
  const { listen } = own;
  const client: ClientConfig = {
    name: layers.name,
    file: layers.client.file.path,
    source,
    expect,
    backends,
    ...(listen === undefined ? {} : { listen }),
  };
  return { client, problems };
}

/** A problem of a merged value, reported where the value was written: the client or the defaults. */
export function blame(layers: Layers, path: KeyPath, message: string): ConfigProblem {
  const own = layers.client.file;
  const inherited: KeyPath = ['defaults', ...path];
  const isOwn = own.locate(path.slice(0, path[0] === 'backends' ? 1 : undefined)) !== undefined;
  const isInherited = !isOwn && layers.daemon.file.locate(inherited) !== undefined;
  return isInherited
    ? problemAt(layers.daemon.file, inherited, message)
    : problemAt(own, path, message);
}

type SourceFile = NonNullable<ClientFile['source']>;

/** A client that names a place of its own has that one, of whatever kind that of the defaults is. */
function mergeSource(inherited: SourceFile = {}, own: SourceFile = {}): SourceFile {
  const { directory, rclone, ...rest } = inherited;
  const hasOwn = own.directory !== undefined || own.rclone !== undefined;
  return { ...(hasOwn ? rest : inherited), ...own };
}

function buildSource(
  name: string,
  { directory, rclone, rcloneConfig, poll, watch }: SourceFile,
): SourceConfig | undefined {
  const pollMs = poll ?? MINUTE;
  if (rclone !== undefined) {
    return {
      ...{ kind: 'rclone', rclone: fill(rclone, name), pollMs },
      ...(rcloneConfig !== undefined && { rcloneConfig }),
    };
  }
  if (directory === undefined) return undefined;
  return { kind: 'directory', directory: fill(directory, name), pollMs, watch: watch ?? true };
}

function buildExpectations(
  given: NonNullable<ClientFile['expect']>,
  backends: number,
): Expectations {
  const snapshotEveryMs = given.snapshotEvery === undefined ? 24 * HOUR : given.snapshotEvery;
  return {
    snapshotEveryMs,
    graceMs: given.grace ?? Math.max(2 * HOUR, (snapshotEveryMs ?? 0) / 4),
    copies: given.copies ?? backends + 1,
    copiesWithinMs: given.copiesWithin ?? 24 * HOUR,
  };
}

function buildBackend(
  client: string,
  given: BackendFile,
  { copiesWithinMs }: Expectations,
): BackendConfig[] {
  const { name, directory, rclone, script, maxLag, minFree } = given;
  const maxLagMs = maxLag ?? copiesWithinMs;
  const limits = { maxLagMs, minFreeBytes: minFree ?? GIB };
  if (rclone !== undefined) {
    const { rcloneConfig, bandwidth, probeEvery, listEvery } = given;
    return [
      {
        ...{ kind: 'rclone', name, rclone: fill(rclone, client), ...limits },
        ...(rcloneConfig !== undefined && { rcloneConfig }),
        ...(bandwidth !== undefined && { bandwidth }),
        probeEveryMs: probeEvery ?? HOUR,
        listEveryMs: listEvery ?? 24 * HOUR,
      },
    ];
  }
  if (script !== undefined) return buildScript(client, given, { script, maxLagMs });
  if (directory === undefined) return []; // reported already
  return [{ kind: 'directory', name, directory: fill(directory, client), ...limits }];
}

function buildScript(
  client: string,
  { name, verify: given, deadline }: BackendFile,
  { script, maxLagMs }: { readonly script: readonly string[]; readonly maxLagMs: number },
): BackendConfig[] {
  const [program, ...args] = script.map((argument) => fill(argument, client));
  if (program === undefined) return []; // reported already
  const verify = given && buildVerify(client, given);
  return [
    {
      ...{ kind: 'script', name, script: [program, ...args], maxLagMs, minFreeBytes: 0 },
      ...(verify !== undefined && { verify }),
      deadlineMs: deadline ?? 24 * HOUR,
    },
  ];
}

function buildVerify(
  client: string,
  given: NonNullable<BackendFile['verify']>,
): VerifyConfig | undefined {
  const { directory, rclone, rcloneConfig, probeEvery, listEvery } = given;
  const listEveryMs = listEvery ?? 24 * HOUR;
  if (rclone !== undefined) {
    return {
      ...{ kind: 'rclone', rclone: fill(rclone, client), listEveryMs },
      ...(rcloneConfig !== undefined && { rcloneConfig }),
      probeEveryMs: probeEvery ?? HOUR,
    };
  }
  if (directory === undefined) return undefined; // reported already
  return { kind: 'directory', directory: fill(directory, client), listEveryMs };
}

/** Whether its replicas can ever count as copies: of what a script does without `verify`, nothing is known. */
function counts({ script, verify }: BackendFile): boolean {
  return script === undefined || verify !== undefined;
}

function fill(template: string, name: string): string {
  return template.replaceAll('{client}', name);
}

function checkSource(layers: Layers, source: SourceConfig | undefined): ConfigProblem[] {
  const path: KeyPath = ['source', 'directory'];
  const faults = [...layers.client.problems, ...layers.daemon.problems];
  const isReported = faults.some(({ key }) => /(^|\.)source($|\.(directory|rclone|s3)$)/.test(key));
  if (source !== undefined || isReported) return [];
  const message =
    'is missing; write the directory of the repository here (or rclone: REMOTE:PATH), or one with {client} under defaults in backup-syncd.yaml';
  return [problemAt(layers.client.file, path, message)];
}

function checkCopies(
  layers: Layers,
  { copies }: Expectations,
  backends: readonly BackendFile[],
): ConfigProblem[] {
  const counting = backends.filter(counts).length;
  const places = counting + 1;
  const { client, daemon } = layers;
  const giver = client.file.locate(['backends']) === undefined ? daemon : client;
  const isUnsure = giver.problems.some(({ key }) => /(^|\.)backends/.test(key));
  if (copies <= places || isUnsure) return [];
  const uncounted = backends.filter((backend) => !counts(backend)).map(({ name }) => `"${name}"`);
  const except =
    uncounted.length === 0
      ? ''
      : ` (not ${uncounted.join(', ')}: a script counts only with verify)`;
  const has = `${places} ${agree(places, 'is', 'are')} configured: the source and ${plural(counting, 'backend')}${except}`;
  const message = `${plural(copies, 'place')} ${agree(copies, 'is', 'are')} expected, but ${has}; add a backend, or write at most ${places}`;
  return [blame(layers, ['expect', 'copies'], message)];
}

function checkPace(
  layers: Layers,
  source: SourceConfig | undefined,
  { copiesWithinMs }: Expectations,
): ConfigProblem[] {
  if (source === undefined || source.pollMs <= copiesWithinMs) return [];
  const isRemote = source.kind === 'rclone';
  if (!isRemote && source.watch) return [];
  const mend = isRemote ? 'poll more often' : 'poll more often, or set watch: true';
  const message = `is longer than expect.copiesWithin, and nothing is watched: copies would always come too late; ${mend}`;
  return [blame(layers, ['source', 'poll'], message)];
}

/** From remote to remote one rclone copies, and it reads one configuration. */
function checkOneRclone(
  layers: Layers,
  source: SourceConfig | undefined,
  backends: readonly BackendConfig[],
): ConfigProblem[] {
  if (source?.kind !== 'rclone') return [];
  return backends.flatMap((backend) => {
    if (backend.kind !== 'rclone' || backend.rcloneConfig === source.rcloneConfig) return [];
    const { name, rcloneConfig } = backend;
    const message = `${definedBy(rcloneConfig)} the remote of backend "${name}", and ${definedBy(source.rcloneConfig)} that of the source; one rclone copies from one to the other: define both in one file, and name it in both places`;
    const given = layers.client.value?.backends ?? layers.daemon.value?.defaults?.backends ?? [];
    const at = given.findIndex((entry) => entry.name === name);
    const key = rcloneConfig === undefined ? 'rclone' : 'rcloneConfig';
    return [blame(layers, ['backends', at, key], message)];
  });
}

function definedBy(rcloneConfig: string | undefined): string {
  return rcloneConfig === undefined ? 'the environment defines' : `"${rcloneConfig}" defines`;
}
