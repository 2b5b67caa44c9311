import type { CallOptions, Location, OldConfig } from '../locations/location.ts';
import { causeOf } from '../replication/same-keys.ts';
import { sha256 } from '../replication/take-view.ts';
import { namesMinus, type Catalogue } from '../repository/catalogue.ts';
import { SyncdError } from '../runtime/errors.ts';
import { requireMarker, writeMarker, type MarkerOwner } from './marker.ts';
import { hintOf } from './same-repository.ts';

export interface AcceptOptions extends CallOptions {
  readonly source: Location;
  readonly target: Location;
  /** the kind of the target is a remote */
  readonly isRemote: boolean;
  readonly owner: MarkerOwner;
}

/** The `config` of a source and its keys, all read at the same time. */
export interface SourceConfig {
  readonly content: Buffer;
  readonly sha256: string;
  /** all key files */
  readonly keys: Catalogue;
}

/**
 * Reads the source's `config` and lists its keys. `config` has no hash, so it is read before and after.
 *
 * @throws a SyncdError of reason `source_unavailable` or `source_busy`
 */
export async function readSourceConfig(
  source: Location,
  options: CallOptions,
): Promise<SourceConfig> {
  const content = await source.read('config', options);
  const keys = await listKeys(source, options);
  const again = await source.read('config', options);
  if (content === undefined)
    throw new SyncdError(
      'source_unavailable',
      `${source.label} has no config`,
      'see: backup-syncd status',
    );
  if (again?.equals(content) !== true)
    throw new SyncdError(
      'source_busy',
      `the config of ${source.label} is changing`,
      'wait until it stops changing, then run the command again',
    );
  return { content, sha256: sha256(content), keys };
}

/**
 * Proves that source and replica are the same repository: the source has a key, and each key file of the source is also at the
 * replica, with content that matches the hash in its name. Shared packs or snapshots prove nothing.
 *
 * @throws a SyncdError of reason `diverged` or `verify`
 */
export async function requireSameKeys(
  { keys }: SourceConfig,
  { source, target, owner, signal }: Omit<AcceptOptions, 'isRemote'>,
): Promise<void> {
  requireKeys(keys, await listKeys(target, { signal }), { ...owner, where: target.label });
  for (const { id } of keys.entries()) {
    for (const place of [source, target]) {
      const content = await place.read(`keys/${id}`, { signal });
      if (content !== undefined && sha256(content) === id) continue;
      throw new SyncdError(
        'verify',
        `keys/${id} at ${place.label} does not match its name`,
        'put the right file there, for example from another replica, then run the command again',
      );
    }
  }
}

/**
 * Compares only the names of key files, if no more is known.
 *
 * @throws a SyncdError of reason `diverged`
 */
export function requireKeys(
  source: Catalogue,
  known: Catalogue,
  { where, ...owner }: Pick<MarkerOwner, 'client' | 'backend'> & { readonly where: string },
): void {
  if (causeOf(source, known) === 'config_changed') return;
  const [first] = namesMinus(source, known).entries();
  const why =
    first === undefined
      ? 'the source has no key'
      : `keys/${first.id} of the source is missing there`;
  throw new SyncdError(
    'diverged',
    `not accepted: ${where} may hold a different repository: ${why}`,
    hintOf(owner, 'different_repository'),
  );
}

/** The change that accepting the source's `config` would make at a raw backend. */
export interface Acceptance {
  readonly config: SourceConfig;
  /** the current `config` there; undefined if there is none */
  readonly before: Buffer | undefined;
  /** there is nothing to accept */
  readonly isNothing: boolean;
}

/** Finds out what would be accepted at a raw backend, and refuses a different repository. Writes nothing. */
export async function examineConfig(options: AcceptOptions): Promise<Acceptance> {
  const { source, target, owner } = options;
  const marker = await requireMarker(target, owner, options);
  const config = await readSourceConfig(source, options);
  const before = await target.read('config', options);
  const isThere = before === undefined || before.equals(config.content);
  const isNothing = isThere && marker.configSha256 === config.sha256;
  if (!isNothing) await requireSameKeys(config, options);
  return { config, before, isNothing };
}

/**
 * Gives a raw backend the source's `config`, saves the old one, and returns where. After a kill at any moment, it can run again.
 *
 * @param seen what was shown to the person
 */
export async function acceptConfig(
  options: AcceptOptions,
  seen: Acceptance,
): Promise<OldConfig | undefined> {
  const { target, owner } = options;
  const { config, before } = await examineConfig(options);
  if (config.sha256 !== seen.config.sha256)
    throw new SyncdError(
      'source_busy',
      'the config of the source changed again in the meantime',
      'find out what changes it, then run the command again',
    );
  const marker = await requireMarker(target, owner, options);
  let kept: OldConfig | undefined;
  if (before !== undefined && !before.equals(config.content)) {
    kept = `.backup-syncd/config.${sha256(before)}`;
    await target.write(kept, before, options);
    if ((await target.read(kept, options))?.equals(before) !== true)
      throw new SyncdError(
        'verify',
        `the old config could not be saved as ${target.label}/${kept}`,
        'nothing was changed; run the command again',
      );
    await target.write('config', config.content, options);
  }
  await writeMarker(target, { ...marker, configSha256: config.sha256 }, options);
  return kept;
}

/** All key files of a place, including those that cannot be sent. */
export async function listKeys(location: Location, { signal }: CallOptions): Promise<Catalogue> {
  const { objects } = await location.list('keys', { signal, care: 'full' });
  return objects;
}
