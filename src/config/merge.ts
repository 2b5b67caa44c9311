import { optional } from '../runtime/optional.ts';
import { DAY_MS, MINUTE_MS } from '../runtime/units.ts';
import {
  buildExpectations,
  checkAway,
  checkCopies,
  checkPace,
  checkSeen,
  counts,
  expectationsOf,
  type BackendFile,
  type Draft,
  type Thresholds,
} from './expectations.ts';
import { checkGroups } from './expected-groups.ts';
import { kindOfGiven } from '../kinds/given-kind.ts';
import type { PasswordSource } from '../restic/password.ts';
import type { Build, Tool } from '../kinds/kind.ts';
import type { Command } from '../work/script/run-program.ts';
import { KINDS } from '../kinds/registry.ts';
import { backendTraits, placeTraits } from '../kinds/traits.ts';
import { hasRoute } from '../locations/route-to.ts';
import { problemAt } from './issues.ts';
import { buildRestoreCheck, checkRestoreCheck, mergeRestoreCheck } from './restore-check.ts';
import { blame, type Layers } from './layers.ts';
import type { ClientFile } from './schema/client.ts';
import type {
  AuditConfig,
  BackendConfig,
  BackendExpectations,
  ClientConfig,
  ConfigProblem,
  SourceConfig,
} from './types.ts';
import type { KeyPath } from './yaml-file.ts';

const GIB = 2 ** 30;

const SOURCE_KEY = new RegExp(
  `(^|\\.)source($|\\.(${KINDS.map(({ name }) => name).join('|')}|s3)$)`,
);

export interface Built {
  /** absent when something it needs is missing or invalid */
  readonly client?: ClientConfig;
  readonly problems: readonly ConfigProblem[];
}

/** The final client: merged, with templates filled in, and the program's defaults for the rest. */
export function buildClient(layers: Layers): Built {
  const own = layers.client.value;
  if (own === undefined || layers.daemon.value === undefined) return { problems: [] };
  const { defaults = {} } = layers.daemon.value;
  const merged = {
    source: mergeSource(defaults.source, own.source),
    expect: { ...defaults.expect, ...own.expect },
    audit: { ...defaults.audit, ...own.audit },
    restoreCheck: mergeRestoreCheck(defaults.restoreCheck, own.restoreCheck),
    backends: own.backends ?? defaults.backends ?? [],
  };
  const source = buildSource(layers.name, merged.source);
  const drafts = merged.backends.flatMap((given) => draftBackend(layers.name, given));
  const { fill } = how(layers.name);
  const expect = buildExpectations(merged.expect, drafts.filter(counts).length, fill);
  const thresholds = { expect, given: merged.expect, pollMs: source?.pollMs ?? MINUTE_MS };
  const backends = drafts.map((draft) => buildBackend(layers.name, draft, thresholds));
  const problems = [
    ...checkSource(layers, source),
    ...checkGroups(layers, expect, merged.source.password !== undefined),
    ...checkCopies(layers, expect, drafts),
    ...checkAway(layers, thresholds, drafts),
    ...checkPace(layers, source, expect),
    ...checkSeen(layers, thresholds, drafts),
    ...checkRoutes(layers, source, backends),
    ...checkOneTool(layers, source, backends),
    ...checkRestoreCheck(layers, source, backends),
  ];
  if (source === undefined) return { problems };
  const { listen, formerly } = own;
  const client: ClientConfig = {
    name: layers.name,
    file: layers.client.file.path,
    source,
    expect,
    audit: buildAudit(merged.audit),
    backends,
    ...(source.password !== undefined && {
      restoreCheck: buildRestoreCheck(layers, merged.restoreCheck),
    }),
    ...(listen === undefined ? {} : { listen }),
    ...(formerly === undefined ? {} : { formerly }),
  };
  return { client, problems };
}

function buildAudit({ every = DAY_MS }: NonNullable<ClientFile['audit']>): AuditConfig {
  return { everyMs: every };
}

type SourceFile = NonNullable<ClientFile['source']>;

/** A client's own place wins, whatever the kind of the one in the defaults. */
export function mergeSource<T extends object>(inherited: T = {} as T, own: T = {} as T): T {
  if (kindOfGiven(own, KINDS, 'source') === undefined) return { ...inherited, ...own };
  const kinds = new Set(KINDS.map(({ name }) => name));
  const rest = Object.entries(inherited).filter(([key]) => !kinds.has(key));
  return { ...Object.fromEntries(rest), ...own };
}

function buildSource(name: string, given: SourceFile): SourceConfig | undefined {
  const role = kindOfGiven(given, KINDS, 'source')?.source;
  if (role === undefined) return undefined;
  const password = given.password && buildPassword(name, given.password);
  return {
    ...role.build(given, how(name)),
    pollMs: given.poll ?? MINUTE_MS,
    ...(password !== undefined && { password }),
  };
}

/** Builds the source of a password; undefined if it is not complete, which is reported already. */
function buildPassword(
  client: string,
  { file, env, command }: NonNullable<SourceFile['password']>,
): PasswordSource | undefined {
  if (file !== undefined) return { file: how(client).fill(file) };
  if (env !== undefined) return { env };
  const built = command && buildCommand(client, command);
  return built && { command: built };
}

/** Drafts a backend; empty if its kind is wrong, which is reported already. */
function draftBackend(client: string, given: BackendFile): Draft[] {
  const role = kindOfGiven(given, KINDS, 'backend')?.backend;
  return role === undefined ? [] : [{ given, place: role.build(given, how(client)) }];
}

function buildBackend(client: string, draft: Draft, thresholds: Thresholds): BackendConfig {
  const { given, place } = draft;
  return {
    ...place,
    name: given.name,
    ...expectationsOf(draft, thresholds),
    ...buildAround(client, given),
    minFreeBytes: backendTraits(place).hasMarker ? (given.minFree ?? GIB) : 0,
  };
}

function how(client: string): Build {
  return { fill: (template) => template.replaceAll('{client}', client), kinds: KINDS };
}

function buildAround(
  client: string,
  { before, after, aroundDeadline }: BackendFile,
): Pick<BackendExpectations, 'around'> {
  const programs = optional({
    before: before && buildCommand(client, before),
    after: after && buildCommand(client, after),
  });
  if (programs.before === undefined && programs.after === undefined) return {};
  return { around: { ...programs, deadlineMs: aroundDeadline ?? 5 * MINUTE_MS } };
}

/** Builds a command; undefined for an empty one, which is reported already. */
function buildCommand(client: string, given: readonly string[]): Command | undefined {
  const [program, ...args] = given.map(how(client).fill);
  return program === undefined ? undefined : [program, ...args];
}

function checkSource(layers: Layers, source: SourceConfig | undefined): ConfigProblem[] {
  const path: KeyPath = ['source', 'directory'];
  const faults = [...layers.client.problems, ...layers.daemon.problems];
  const isReported = faults.some(({ key }) => SOURCE_KEY.test(key));
  if (source !== undefined || isReported) return [];
  const message =
    'is missing; write the directory of the repository here (or rclone: REMOTE:PATH), or a directory with {client} under defaults in backup-syncd.yaml';
  return [problemAt(layers.client.file, path, message)];
}

/** Objects can get from the source to each backend that this program sends them to. */
function checkRoutes(
  layers: Layers,
  source: SourceConfig | undefined,
  backends: readonly BackendConfig[],
): ConfigProblem[] {
  if (source === undefined) return [];
  return backends.flatMap((backend) => {
    const { kind, name } = backend;
    if (!backendTraits(backend).hasMarker || hasRoute(source.kind, kind)) return [];
    const able = KINDS.filter((other) => hasRoute(source.kind, other.name));
    const message = `nothing can be copied from a source with ${source.kind} to a backend with ${kind}; use ${[...able.map(({ example }) => example), 'a script'].join(' or ')} instead`;
    return [blame(layers, keyOf(layers, name, kind), message)];
  });
}

/** A key of a backend in the file that lists the backends. */
function keyOf(layers: Layers, backend: string, key: string): KeyPath {
  const given = layers.client.value?.backends ?? layers.daemon.value?.defaults?.backends ?? [];
  return ['backends', given.findIndex(({ name }) => name === backend), key];
}

/** Between two places of one tool, one process of it copies, which reads one configuration. */
function checkOneTool(
  layers: Layers,
  source: SourceConfig | undefined,
  backends: readonly BackendConfig[],
): ConfigProblem[] {
  const sourceTool = source && placeTraits(source).tool;
  if (sourceTool === undefined) return [];
  return backends.flatMap((backend) => {
    const { hasMarker, seenAt } = backendTraits(backend);
    const theirs = hasMarker && seenAt ? placeTraits(seenAt.config).tool : undefined;
    if (theirs?.name !== sourceTool.name || theirs.config === sourceTool.config) return [];
    const message = `${definedBy(theirs)} the remote of backend "${backend.name}", and ${definedBy(sourceTool)} that of the source; a single ${sourceTool.name} process copies from one to the other: define both in one file, and name that file in both places`;
    const key = theirs.config === undefined ? backend.kind : theirs.key;
    return [blame(layers, keyOf(layers, backend.name, key), message)];
  });
}

function definedBy({ config }: Tool): string {
  return config === undefined ? 'the environment defines' : `"${config}" defines`;
}
