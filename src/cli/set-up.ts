import { requireApart } from '../backends/apart.ts';
import { adopt, initialise, type Comparison } from '../backends/initialise.ts';
import { requireMarker, type MarkerOwner } from '../backends/marker.ts';
import { requireRightDisk } from '../backends/new-place.ts';
import { hintOf } from '../backends/same-repository.ts';
import { formatProblem, isError } from '../config/problem.ts';
import type { BackendConfig, ClientConfig, ConfigProblem } from '../config/types.ts';
import { initialBackend } from '../facts/initial.ts';
import { backendTraits } from '../kinds/traits.ts';
import type { Location } from '../locations/location.ts';
import { agree, grouped, plural } from '../runtime/plural.ts';
import { formatBytes } from '../runtime/units.ts';
import { createStateDirectory } from '../state/state-file.ts';
import { writerIdentity, type WriterIdentity } from '../state/writer.ts';
import { ownerOf, type Owner } from './act-as-owner.ts';
import { checkPlacesSafely } from './check-places-safely.ts';
import type { Configured } from './configured.ts';
import type { Context } from './context.ts';
import { EXIT, ExitError } from './exit-error.ts';
import { openPlaces } from './open-places.ts';
import { makePlace } from './places.ts';
import { rememberedFacts } from './reach-unit.ts';

/** A place of a client that is to become a backend. */
export interface NewBackend {
  readonly client: ClientConfig;
  readonly backend: BackendConfig;
}

/** The options that a person gave for a place. */
export interface SetUpOptions {
  /** take over a replica that is there */
  readonly adopt?: boolean;
  /** the backend was complete before, and this is another disk or path */
  readonly newDisk?: boolean;
  /** allows the replica on the disk of the source or of the system */
  readonly sameDisk?: boolean;
}

/** The facts that all places of one command share. */
export interface SetUpSite {
  readonly configured: Configured;
  readonly identity: WriterIdentity;
  /** the daemon's user */
  readonly daemon: Owner;
  /** of the places, and of how they lie to each other */
  readonly problems: readonly ConfigProblem[];
}

/** @param options `isDryRun`: no state directory is made where there is none */
export async function setUpSite(
  context: Context,
  configured: Configured,
  { isDryRun = false } = {},
): Promise<SetUpSite> {
  const { config, loaded } = configured;
  const { stateDirectory } = config;
  const { problems } = await checkPlacesSafely(context, { config, origins: loaded.origins });
  const daemon = await ownerOf(stateDirectory).catch(() => undefined);
  if (isDryRun && daemon === undefined)
    return { configured, identity: { writer: '' }, daemon: { uid: 0, gid: 0 }, problems };
  await createStateDirectory(stateDirectory, context.ownFiles(stateDirectory));
  const identity = await writerIdentity(stateDirectory);
  return { configured, identity, daemon: await ownerOf(stateDirectory), problems };
}

/** A place that may become a backend. */
export interface Checked extends NewBackend {
  readonly source: Location;
  readonly target: Location;
  readonly isRemote: boolean;
  readonly owner: MarkerOwner;
}

/**
 * Checks a place, and changes nothing.
 *
 * @throws a DiskDoubtError when a person has to say more, or another error
 */
export async function checkPlace(
  context: Context,
  { configured: { config }, identity, problems }: SetUpSite,
  { client, backend, ...options }: NewBackend & SetUpOptions,
): Promise<Checked> {
  if (!backendTraits(backend).hasMarker) throw needsNoInit(client.name, backend);
  refuseOverlaps(problems, client);
  const { source, target, isRemote } = await openPlaces(context, client, backend);
  const { stop: signal } = context.signals;
  await requireApart({ source, target }, { signal });
  const now = context.clock.now();
  const facts = await rememberedFacts(config, client, now);
  const owner = ownerOfPlace({ client, backend }, identity);
  await requireRightDisk({
    source,
    target,
    isRemote,
    signal,
    owner,
    known: facts.backends.get(backend.name) ?? initialBackend(now),
    flags: options.adopt === true ? ['--adopt'] : [],
    isNewDisk: options.newDisk === true,
    isSameDisk: options.sameDisk === true,
  });
  return { client, backend, source, target, isRemote, owner };
}

/** Whether a place is a backend of this client and machine already. That needs no check of its disk, and nothing but its marker. */
export async function isSetUp(
  context: Context,
  { identity }: SetUpSite,
  { client, backend }: NewBackend,
): Promise<boolean> {
  const { target, isRemote } = await openPlaces(context, client, backend);
  const question = { isRemote, signal: context.signals.stop };
  return requireMarker(target, ownerOfPlace({ client, backend }, identity), question).then(
    () => true,
    () => false,
  );
}

function ownerOfPlace({ client, backend }: NewBackend, identity: WriterIdentity): MarkerOwner {
  return {
    client: client.name,
    formerClients: client.formerly,
    backend: backend.name,
    ...identity,
  };
}

/** Makes the directory of a place where there is none, for the daemon's user; returns whether it had to. Not at a remote. */
export async function makeDirectory(
  context: Context,
  { daemon }: SetUpSite,
  { backend, isRemote }: Checked,
): Promise<boolean> {
  return !isRemote && (await makePlace(context, backend, daemon));
}

/**
 * Makes the directory of a remote where there is none. Call it as the daemon's user, because a remote may be a directory of this
 * machine.
 */
export async function makeAtRemote(
  context: Context,
  { daemon }: SetUpSite,
  { backend, isRemote }: Checked,
): Promise<boolean> {
  return isRemote && (await makePlace(context, backend, daemon));
}

/** The words for a place that did not exist. */
export const CREATED = ' (created the directory)';

export interface SetUp {
  /** what was done, in words: `is now a backend` */
  readonly done: string;
  /** of an adopted replica */
  readonly comparison?: Comparison;
  /** the words that follow, each on its own line */
  readonly details: readonly string[];
}

/** Writes the marker; to be called as the daemon's user. */
export async function markPlace(
  context: Context,
  { source, target, owner }: Checked,
  { adopt: isAdopted, isMade }: { readonly adopt: boolean; readonly isMade: boolean },
): Promise<SetUp> {
  const init = { source, target, owner, now: context.clock.now(), signal: context.signals.stop };
  if (!isAdopted) await initialise(init);
  const adopted = isAdopted ? await adopt(init) : undefined;
  const space = await target.space(init);
  const room = space && `${formatBytes(space.freeBytes)} free of ${formatBytes(space.totalBytes)}`;
  const details = [
    ...(adopted === undefined ? [] : [compared(adopted.comparison)]),
    ...(adopted?.isConfigOther === true ? [hintOf(owner, 'config_changed')] : []),
    ...(room === undefined ? [] : [room]),
  ];
  const made = `is now a backend${isMade ? CREATED : ''}`;
  return {
    done: isAdopted ? 'was adopted' : made,
    details,
    ...(adopted !== undefined && { comparison: adopted.comparison }),
  };
}

function compared({ matching, missing, extra }: Comparison): string {
  return `${plural(matching, 'object')} ${agree(matching, 'matches', 'match')} the source, ${grouped(missing)} ${agree(missing, 'is missing or differs', 'are missing or differ')} and will be sent, ${grouped(extra)} ${agree(extra, 'is not in the source and is', 'are not in the source and are')} kept`;
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
function refuseOverlaps(problems: readonly ConfigProblem[], client: ClientConfig): void {
  const errors = problems.filter((problem) => isError(problem) && problem.file === client.file);
  const [first] = errors;
  if (first !== undefined) throw new ExitError(EXIT.configuration, formatProblem(first));
}
