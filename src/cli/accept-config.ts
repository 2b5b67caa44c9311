import {
  acceptConfig as acceptAt,
  examineConfig,
  listKeys,
  readSourceConfig,
  requireKeys,
  requireSameKeys,
} from '../backends/accept-config.ts';
import {
  acceptConfigOf,
  hasAcceptedConfig,
  scriptDirectory,
} from '../backends/script/acceptance.ts';
import type { BackendConfig, ClientConfig } from '../config/types.ts';
import { backendTraits } from '../kinds/traits.ts';
import { SILENT_LOG } from '../log/log.ts';
import { namesToSet } from '../repository/catalogue.ts';
import { writerIdentity } from '../state/writer.ts';
import { actAsOwnerOf } from './act-as-owner.ts';
import { requireBackend, requireClient, requireConfig, type Configured } from './configured.ts';
import { confirm } from './confirm.ts';
import type { Context } from './context.ts';
import { EXIT } from './exit-error.ts';
import { openPlaces } from './open-places.ts';
import { openers } from './places.ts';
import { queryDaemon, rememberedFacts } from './reach-unit.ts';
import { grouped } from '../runtime/plural.ts';
import type { Globals } from './run-command.ts';

export interface AcceptConfigOptions extends Globals {
  readonly client: string;
  readonly backend: string;
  readonly yes: boolean;
}

interface Job {
  readonly context: Context;
  readonly configured: Configured;
  readonly client: ClientConfig;
  readonly yes: boolean;
}

/**
 * `backend accept-config`: gives the backend a `config` that was changed at the source on purpose, as `restic migrate` does.
 * Refused, without an override, unless the keys prove that both are the same repository.
 */
export async function acceptConfig(
  context: Context,
  { yes, ...options }: AcceptConfigOptions,
): Promise<number> {
  const configured = await requireConfig(context, options.configDir);
  const client = requireClient(configured, options.client);
  const backend = requireBackend(client, options.backend);
  await actAsOwnerOf(configured.config.stateDirectory);
  const job = { context, configured, client, yes };
  return backendTraits(backend).hasMarker
    ? acceptAtPlace(job, backend)
    : acceptForScript(job, backend);
}

async function acceptAtPlace(job: Job, backend: BackendConfig): Promise<number> {
  const { context, configured, client } = job;
  const places = await openPlaces(context, client, backend);
  const writer = await writerIdentity(configured.config.stateDirectory);
  const owner = {
    client: client.name,
    formerClients: client.formerly,
    backend: backend.name,
    ...writer,
  };
  const options = { ...places, owner, signal: context.signals.stop };
  const seen = await examineConfig(options);
  if (seen.isNothing) return reportNothingToAccept(job, backend.name);
  if (!(await confirmAccept(job, backend.name, seen.config.keys.count))) return EXIT.failed;
  const kept = await acceptAt(options, seen);
  if (kept !== undefined)
    context.out(`  the old config was saved as ${places.target.label}/${kept}`);
  return reportAccepted(job, backend.name);
}

/** A script's place has no marker. The keys are compared in the place that `verify` names, or with those that the source had. */
async function acceptForScript(job: Job, backend: BackendConfig): Promise<number> {
  const { context, configured, client } = job;
  const { runtimeDirectory } = configured.config;
  const owner = { client: client.name, backend: backend.name };
  const place = {
    directory: scriptDirectory(runtimeDirectory, owner),
    files: context.ownFiles(runtimeDirectory),
  };
  const { openLocation: open } = await openers(context);
  const source = open({ config: client.source, role: 'source', log: SILENT_LOG });
  const { signals } = context;
  const config = await readSourceConfig(source, { signal: signals.stop });
  if (await hasAcceptedConfig(place, config.sha256))
    return reportNothingToAccept(job, backend.name);
  const { seenAt } = backendTraits(backend);
  const target = seenAt && open({ config: seenAt.config, role: 'verified', log: SILENT_LOG });
  const there = target && (await listKeys(target, { signal: signals.stop }));
  if (target !== undefined && there !== undefined && there.count > 0) {
    await requireSameKeys(config, {
      source,
      target,
      owner: { ...owner, writer: '' },
      signal: signals.stop,
    });
  } else {
    const { source: known } = await rememberedFacts(configured.config, client, context.clock.now());
    const where = 'the source as last seen';
    requireKeys(config.keys, namesToSet(known.contents.acceptedKeys ?? []), { ...owner, where });
  }
  if (!(await confirmAccept(job, backend.name, config.keys.count))) return EXIT.failed;
  await acceptConfigOf(place, config.sha256);
  return reportAccepted(job, backend.name);
}

async function confirmAccept(
  { context, client, yes }: Job,
  backend: string,
  keys: number,
): Promise<boolean> {
  const count =
    keys === 1 ? 'the key of the source is' : `all ${grouped(keys)} keys of the source are`;
  context.out(
    `${client.name} → ${backend}: the config has changed, but ${count} there, so this is the same repository`,
  );
  if (yes || (await confirm(context, "Accept the source's config?"))) return true;
  context.out('nothing was changed');
  return false;
}

function reportNothingToAccept({ context, client }: Job, backend: string): number {
  context.out(
    `${client.name} → ${backend}: already has the source's config; there is nothing to accept`,
  );
  return EXIT.ok;
}

async function reportAccepted(
  { context, configured, client }: Job,
  backend: string,
): Promise<number> {
  context.out(`${client.name} → ${backend}: accepted the source's config`);
  await queryDaemon(configured.config, client.name, { verb: 'nudge' });
  return EXIT.ok;
}
