import type { Config, LoadResult } from '../config/types.ts';
import { backendTraits, labelOf } from '../kinds/traits.ts';
import type { Log } from '../log/log.ts';
import { isAbort } from '../runtime/abort.ts';
import { errorMessage } from '../runtime/system-error.ts';
import { HOUR_MS } from '../runtime/units.ts';
import type { Context } from './context.ts';
import { setUpPlaces, type SetUpResult } from './set-up-many.ts';
import { setUpSite, type NewBackend } from './set-up.ts';

/** How long a place that was refused is left alone, in milliseconds: somebody may mount its disk. */
const RETRY_MS = HOUR_MS;

interface Options {
  readonly log: Log;
  /** a client whose backend was set up need not wait for its next poll */
  readonly onSetUp: (client: string) => void;
}

/** Sets up the backends of discovered clients if `discover.initialise` says so, as `backend init --all` does without options. */
export class SetUpDiscovered {
  private readonly context: Context;
  private readonly options: Options;
  /** by client, backend and place: when to try again */
  private readonly next = new Map<string, number>();
  private running: Promise<void> | undefined;

  constructor(context: Context, options: Options) {
    this.context = { ...context, isTerminal: false }; // nobody is asked
    this.options = options;
  }

  /** Begins, unless it is already running. */
  begin(config: Config, loaded: LoadResult): void {
    this.running ??= this.setUp(config, loaded)
      .catch((error: unknown) => {
        if (isAbort(error)) return;
        this.options.log.error({}, `cannot set up discovered clients: ${errorMessage(error)}`);
      })
      .finally(() => (this.running = undefined));
  }

  /** Resolves when nothing is being set up. */
  async idle(): Promise<void> {
    await this.running;
  }

  private async setUp(config: Config, loaded: LoadResult): Promise<void> {
    const places = this.due(config);
    if (places.length === 0) return;
    const site = await setUpSite(this.context, { config, loaded });
    // a daemon remains the user that it is
    const daemon = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };
    for (const place of places) {
      const results = await setUpPlaces(this.context, { ...site, daemon }, { places: [place] });
      results.forEach((result) => this.note(result));
    }
  }

  private due({ clients, discover }: Config): NewBackend[] {
    if (discover?.initialise !== true) return [];
    const now = this.context.clock.now();
    const all = clients
      .filter(({ isDiscovered }) => isDiscovered)
      .flatMap((client) => client.backends.map((backend) => ({ client, backend })))
      .filter(({ backend }) => backendTraits(backend).hasMarker);
    const keys = new Set(all.map((place) => keyOf(named(place))));
    for (const key of this.next.keys()) if (!keys.has(key)) this.next.delete(key);
    return all.filter((place) => (this.next.get(keyOf(named(place))) ?? now) <= now);
  }

  private note(result: SetUpResult): void {
    const { client, backend, location, outcome, message, hint } = result;
    const key = keyOf(result);
    const isRefused = outcome === 'refused';
    this.next.set(key, isRefused ? this.context.clock.now() + RETRY_MS : Infinity);
    const { log } = this.options;
    if (isRefused)
      log.warn(
        { client, backend, hint },
        `cannot set up ${location}, will retry: ${message ?? ''}`,
      );
    else if (outcome === 'created') {
      log.info({ client, backend }, `${location} ${message ?? 'is now a backend'}`);
      this.options.onSetUp(client);
    }
  }
}

type Named = Pick<SetUpResult, 'client' | 'backend' | 'location'>;

function named({ client, backend }: NewBackend): Named {
  return { client: client.name, backend: backend.name, location: labelOf(backend) };
}

/** The key contains the place, because another place of the same backend is new. */
function keyOf({ client, backend, location }: Named): string {
  return `${client}/${backend}/${location}`;
}
