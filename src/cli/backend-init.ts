import { requireApart } from '../backends/apart.ts';
import { adopt, initialise } from '../backends/initialise.ts';
import { requireRightDisk } from '../backends/new-place.ts';
import { hintOf } from '../backends/same-repository.ts';
import { formatProblem, isError } from '../config/problem.ts';
import type { BackendConfig, ClientConfig } from '../config/types.ts';
import { backendTraits } from '../kinds/traits.ts';
import { formatBytes } from '../runtime/units.ts';
import { createStateDirectory } from '../state/state-file.ts';
import { writerIdentity } from '../state/writer.ts';
import { actAs, ownerOf } from './act-as-owner.ts';
import { requireBackend, requireClient, requireConfig, type Configured } from './configured.ts';
import type { Context } from './context.ts';
import { EXIT, ExitError } from './exit-error.ts';
import { checkPlacesSafely } from './check-places-safely.ts';
import { openPlaces } from './open-places.ts';
import { makePlace } from './places.ts';
import { initialBackend } from '../facts/initial.ts';
import { queryDaemon, rememberedFacts } from './reach-unit.ts';
import { agree, grouped, plural } from '../runtime/plural.ts';

export interface InitBackendOptions {
  readonly configDir: string;
  readonly client: string;
  readonly backend: string;
  readonly adopt?: boolean;
  /** the backend was complete before, and this is another disk or path */
  readonly newDisk?: boolean;
  /** allows the replica on the disk of the source or of the system */
  readonly sameDisk?: boolean;
}

/** `backend init`: the only thing that makes a place a backend (I11). */
export async function initBackend(context: Context, options: InitBackendOptions): Promise<number> {
  const configured = await requireConfig(context, options.configDir);
  const client = requireClient(configured, options.client);
  const backend = requireBackend(client, options.backend);
  if (!backendTraits(backend).hasMarker) throw needsNoInit(client.name, backend);
  const { config } = configured;
  await refuseOverlaps(context, configured, client);
  await createStateDirectory(config.stateDirectory, context.ownFiles(config.stateDirectory));
  const writer = await writerIdentity(config.stateDirectory);
  const daemon = await ownerOf(config.stateDirectory);
  const { source, target, isRemote } = await openPlaces(context, client, backend);
  const { stop: signal } = context.signals;
  await requireApart({ source, target }, { signal });
  const facts = await rememberedFacts(config, client, context.clock.now());
  await requireRightDisk({
    ...{ source, target, isRemote, signal },
    owner: { client: client.name, backend: backend.name },
    known: facts.backends.get(backend.name) ?? initialBackend(context.clock.now()),
    flags: options.adopt === true ? ['--adopt'] : [],
    isNewDisk: options.newDisk === true,
    isSameDisk: options.sameDisk === true,
  });
  const isMade = options.adopt === true ? false : await makePlace(context, backend, daemon);
  actAs(daemon);
  const owner = { client: client.name, backend: backend.name, ...writer };
  const now = context.clock.now();
  const init = { source, target, owner, now, signal: context.signals.stop };
  const where = `${client.name} → ${backend.name}: ${target.label}`;
  if (options.adopt === true) {
    const { comparison, isConfigOther } = await adopt(init);
    const { matching, missing, extra } = comparison;
    context.out(`${where} was adopted`);
    context.out(
      `  ${plural(matching, 'object')} ${agree(matching, 'matches', 'match')} the source, ${grouped(missing)} ${agree(missing, 'is missing or differs', 'are missing or differ')} and will be sent, ${grouped(extra)} ${agree(extra, 'is not in the source and is', 'are not in the source and are')} kept`,
    );
    if (isConfigOther) context.out(`  ${hintOf(owner, 'config_changed')}`);
  } else {
    await initialise(init);
    context.out(`${where} is now a backend${isMade ? ' (created the directory)' : ''}`);
  }
  const space = await target.space(init);
  if (space !== undefined) {
    context.out(`  ${formatBytes(space.freeBytes)} free of ${formatBytes(space.totalBytes)}`);
  }
  await queryDaemon(config, client.name, { verb: 'nudge' });
  return EXIT.ok;
}

/** A script's place has no marker. */
function needsNoInit(client: string, backend: BackendConfig): ExitError {
  const { name, kind } = backend;
  const [[program] = ['']] = Object.values(backendTraits(backend).programs);
  return new ExitError(
    EXIT.usage,
    `${name} is a ${kind}, ${program}: there is nothing to set up`,
    `the script decides where it writes; to run it: backup-syncd sync ${client} --backend ${name}`,
  );
}

/** Follows symbolic links, too: writing to a backend inside the source would write to the source (I12). */
async function refuseOverlaps(
  context: Context,
  { config, loaded: { origins } }: Configured,
  client: ClientConfig,
): Promise<void> {
  const problems = await checkPlacesSafely(context, { config, origins });
  const errors = problems.filter((problem) => isError(problem) && problem.file === client.file);
  const [first] = errors;
  if (first !== undefined) throw new ExitError(EXIT.configuration, formatProblem(first));
}
