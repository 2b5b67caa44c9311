import type { Backend } from '../backends/backend.ts';
import { readMarker } from '../backends/marker.ts';
import type { BackendConfig, ClientConfig } from '../config/types.ts';
import type { FactStore } from '../facts/fact-store.ts';
import { SOURCE_NAME } from '../facts/sync-report.ts';
import type { PlaceConfig } from '../kinds/place-config.ts';
import { backendTraits, placeTraits } from '../kinds/traits.ts';
import type { Location } from '../locations/location.ts';
import type { Log } from '../log/log.ts';
import type { Clock } from '../runtime/clock.ts';
import { SyncdError } from '../runtime/errors.ts';
import type { Around } from '../work/around.ts';
import { FreshDirectory } from '../work/restore-check/fresh-directory.ts';
import { clearLeftOver } from '../work/restore-check/left-over.ts';
import type { CheckablePlace } from '../work/restore-check/known-places.ts';
import {
  RestoreCheck,
  type RestoreCheckReport,
  type RestoreCheckRequest,
} from '../work/restore-check/restore-check.ts';
import type { Run } from '../work/run.ts';
import type { SourceLoop } from './source-loop.ts';

interface Surroundings {
  readonly source: Pick<Location, 'read'>;
  readonly loop: Pick<SourceLoop, 'view' | 'recheck'>;
  readonly config: ClientConfig;
  readonly opened: readonly {
    readonly config: BackendConfig;
    readonly around: Around;
    readonly backend: Pick<Backend, 'owner' | 'managed' | 'readable'>;
  }[];
  readonly store: FactStore;
  readonly log: Log;
  readonly clock: Clock;
  /** of this process */
  readonly env: NodeJS.ProcessEnv;
}

/** The restore checks of a client, if the password of its repository is given. */
export class RestoreChecks {
  private readonly surroundings: Surroundings;
  private readonly directory: FreshDirectory | undefined;
  private readonly check: RestoreCheck | undefined;

  constructor(surroundings: Surroundings) {
    const { name, restoreCheck } = surroundings.config;
    this.surroundings = surroundings;
    this.directory = restoreCheck && new FreshDirectory(restoreCheck.directory, name);
    this.check = makeRestoreCheck(surroundings, this.directory);
  }

  /** The activities that run beside the source loop, at all places. */
  get activities(): readonly RestoreCheck[] {
    return this.check === undefined ? [] : [this.check];
  }

  /** The activities that check this backend. */
  at(backend: BackendConfig): readonly RestoreCheck[] {
    return isRestorable(backend) ? this.activities : [];
  }

  /** The place that is checked now; undefined if none is. */
  get runningAt(): string | undefined {
    return this.check?.worksAt[0];
  }

  /** Removes what a killed process left. */
  async clear(): Promise<void> {
    await clearLeftOver(this.directory, this.surroundings);
  }

  /** Checks one place for a person. Rejects if that cannot begin. */
  async ask(
    request: RestoreCheckRequest,
    run: Run,
    say: (text: string) => void,
  ): Promise<RestoreCheckReport> {
    if (this.check !== undefined) return this.check.ask(request, run, say);
    const message = `the password of the repository of ${this.surroundings.config.name} is not configured`;
    const hint = 'add source.password to the configuration of the client: docs/configuration.md';
    throw new SyncdError('auth', message, hint);
  }
}

function makeRestoreCheck(
  surroundings: Surroundings,
  directory: FreshDirectory | undefined,
): RestoreCheck | undefined {
  const { config, loop, opened: _, source: __, ...rest } = surroundings;
  const { restoreCheck: settings } = config;
  const { password } = config.source;
  if (settings === undefined || password === undefined || directory === undefined) return undefined;
  return new RestoreCheck({
    ...rest,
    client: config.name,
    settings,
    password,
    places: [sourcePlace(surroundings), ...backendPlaces(surroundings)],
    directory,
    indexBytes: () => loop.view?.objects.index.bytes,
    recheck: (signal) => loop.recheck(signal),
  });
}

function sourcePlace({ config, loop, source }: Surroundings): CheckablePlace {
  const isThere = () => loop.view !== undefined;
  return {
    ...placeOf(SOURCE_NAME, config.source),
    attempts: { isThere },
    isThere,
    hasPrograms: false,
    around: (_run, action) => action(),
    ...reachable(source),
  };
}

/** A place without a marker of ours. */
function reachable(
  location: Pick<Location, 'read'> | undefined,
): Pick<CheckablePlace, 'reach' | 'hasMarker'> {
  const reach: CheckablePlace['reach'] = async (how) => {
    await location?.read('config', how);
    return undefined;
  };
  return { reach, hasMarker: false };
}

function backendPlaces({ opened, store }: Surroundings): CheckablePlace[] {
  return opened.flatMap(({ config: backend, around, backend: { owner, managed, readable } }) => {
    const { seenAt } = backendTraits(backend);
    if (seenAt === undefined) return [];
    const hasMarker = managed !== undefined && readable !== undefined;
    return {
      ...placeOf(backend.name, seenAt.config),
      attempts: { config: backend },
      isThere: () => store.backend(backend.name).place.up === true,
      around,
      hasPrograms: backend.around !== undefined,
      ...(hasMarker
        ? { hasMarker, reach: async (how) => (await readMarker(readable, how, owner))?.id }
        : reachable(readable)),
    };
  });
}

function placeOf(
  name: string,
  config: PlaceConfig,
): Pick<CheckablePlace, 'name' | 'restic' | 'isRemote'> {
  const { restic, isRemote } = placeTraits(config);
  return { name, restic, isRemote };
}

/** Whether restic can open what is there. */
export function isRestorable(backend: BackendConfig): boolean {
  return backendTraits(backend).seenAt !== undefined;
}
