import {
  buildExpectations,
  checkAway,
  checkCopies,
  checkPace,
  checkSeen,
  counts,
  expectationsOf,
  type BackendFile,
  type Yardstick,
} from './expectations.ts';
import { problemAt } from './issues.ts';
import { blame, type Layers } from './layers.ts';
import type { ClientFile } from './schema/client.ts';
import type {
  BackendConfig,
  BackendExpectations,
  ClientConfig,
  Command,
  ConfigProblem,
  SourceConfig,
  VerifyConfig,
} from './types.ts';
import type { KeyPath } from './yaml-file.ts';

const MINUTE = 60 * 1000;
const HOUR = 60 * MINUTE;
const GIB = 2 ** 30;

export interface Built {
  /** absent when something it needs is missing or wrong */
  readonly client?: ClientConfig;
  readonly problems: readonly ConfigProblem[];
}

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
  const yardstick = { expect, given: merged.expect, pollMs: source?.pollMs ?? MINUTE };
  const backends = merged.backends.flatMap((backend) =>
    buildBackend(layers.name, backend, yardstick),
  );
  const problems = [
    ...checkSource(layers, source),
    ...checkCopies(layers, expect, merged.backends),
    ...checkAway(layers, yardstick, merged.backends),
    ...checkPace(layers, source, expect),
    ...checkSeen(layers, yardstick, merged.backends),
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

function buildBackend(client: string, given: BackendFile, yardstick: Yardstick): BackendConfig[] {
  const { name, directory, rclone, minFree } = given;
  const common = { name, ...expectationsOf(given, yardstick), ...buildAround(client, given) };
  const limits = { ...common, minFreeBytes: minFree ?? GIB };
  if (rclone !== undefined) {
    const { rcloneConfig, bandwidth, probeEvery, listEvery } = given;
    return [
      {
        ...{ kind: 'rclone', rclone: fill(rclone, client), ...limits },
        ...(rcloneConfig !== undefined && { rcloneConfig }),
        ...(bandwidth !== undefined && { bandwidth }),
        probeEveryMs: probeEvery ?? HOUR,
        listEveryMs: listEvery ?? 24 * HOUR,
      },
    ];
  }
  if (given.script !== undefined) return buildScript(client, given, common);
  if (directory === undefined) return []; // reported already
  return [{ kind: 'directory', directory: fill(directory, client), ...limits }];
}

function buildScript(
  client: string,
  { script = [], verify: given, deadline }: BackendFile,
  common: BackendExpectations,
): BackendConfig[] {
  const command = buildCommand(client, script);
  if (command === undefined) return []; // reported already
  const verify = given && buildVerify(client, given);
  return [
    {
      ...{ kind: 'script', ...common, script: command, minFreeBytes: 0 },
      ...(verify !== undefined && { verify }),
      deadlineMs: deadline ?? 24 * HOUR,
    },
  ];
}

function buildAround(
  client: string,
  { before, after, aroundDeadline }: BackendFile,
): Pick<BackendExpectations, 'around'> {
  const programs = {
    before: before && buildCommand(client, before),
    after: after && buildCommand(client, after),
  };
  if (programs.before === undefined && programs.after === undefined) return {};
  return {
    around: {
      ...(programs.before !== undefined && { before: programs.before }),
      ...(programs.after !== undefined && { after: programs.after }),
      deadlineMs: aroundDeadline ?? 5 * MINUTE,
    },
  };
}

/** Undefined for an empty one, which is reported already. */
function buildCommand(client: string, given: readonly string[]): Command | undefined {
  const [program, ...args] = given.map((argument) => fill(argument, client));
  return program === undefined ? undefined : [program, ...args];
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

function fill(template: string, name: string): string {
  return template.replaceAll('{client}', name);
}

function checkSource(layers: Layers, source: SourceConfig | undefined): ConfigProblem[] {
  const path: KeyPath = ['source', 'directory'];
  const faults = [...layers.client.problems, ...layers.daemon.problems];
  const isReported = faults.some(({ key }) => /(^|\.)source($|\.(directory|rclone|s3)$)/.test(key));
  if (source !== undefined || isReported) return [];
  const message =
    'is missing; write the directory of the repository here (or rclone: REMOTE:PATH), or a directory with {client} under defaults in backup-syncd.yaml';
  return [problemAt(layers.client.file, path, message)];
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
    const message = `${definedBy(rcloneConfig)} the remote of backend "${name}", and ${definedBy(source.rcloneConfig)} that of the source; a single rclone process copies from one to the other: define both in one file, and name that file in both places`;
    const given = layers.client.value?.backends ?? layers.daemon.value?.defaults?.backends ?? [];
    const at = given.findIndex((entry) => entry.name === name);
    const key = rcloneConfig === undefined ? 'rclone' : 'rcloneConfig';
    return [blame(layers, ['backends', at, key], message)];
  });
}

function definedBy(rcloneConfig: string | undefined): string {
  return rcloneConfig === undefined ? 'the environment defines' : `"${rcloneConfig}" defines`;
}
