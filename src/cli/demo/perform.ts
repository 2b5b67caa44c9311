import { initBackend } from '../backend-init.ts';
import { requireConfig } from '../configured.ts';
import type { Context } from '../context.ts';
import { Daemon } from '../daemon.ts';
import { arrive, makeRepositoryDirectories } from './arrive.ts';
import type { ChosenPort } from './choose-port.ts';
import type { Fixture } from './fixture.ts';
import { BACKENDS, CLIENT, writeConfig, type Home } from './home.ts';
import type { Screen } from './screen.ts';
import { showArrivals } from './show.ts';
import { closing, introduction } from './texts.ts';

export interface Performance {
  readonly context: Context;
  readonly fixture: Fixture;
  readonly home: Home;
  readonly port: ChosenPort;
  readonly screen: Screen;
  readonly stop: AbortController;
}

/** Sets everything up as an operator would, and runs it until the stop signal. */
export async function perform(performance: Performance): Promise<void> {
  const { home, port, stop } = performance;
  const { signals } = performance.context;
  // A demo has nothing to reload: it ends with its terminal.
  const onHangup = () => undefined;
  const context = { ...performance.context, signals: { ...signals, stop: stop.signal, onHangup } };
  await writeConfig(home, port.port);
  await createRepository(performance);
  for (const backend of BACKENDS) {
    const quiet = { ...context, out: () => undefined };
    // in a temporary directory, all places are on one disk, which is acceptable only here
    const options = { configDir: home.config, names: [CLIENT, backend], sameDisk: true };
    await initBackend(quiet, options);
  }
  const configured = await requireConfig(context, home.config);
  const { listen } = configured.config;
  const log = await context.createLog('warn');
  const daemon = new Daemon(context, { ...configured, listen, clientName: undefined, log });
  const { url } = await daemon.start();
  const [ran, shown] = await Promise.allSettled([daemon.run(), show(performance, daemon, url)]);
  if (ran.status === 'rejected') throw ran.reason;
  if (shown.status === 'rejected') throw shown.reason;
}

/** Creates what `restic init` creates: directories, `config` and a key. */
async function createRepository({ fixture, home, stop }: Performance): Promise<void> {
  await makeRepositoryDirectories(home.source);
  await arrive(fixture.initial, {
    from: fixture.repository,
    to: home.source,
    pauseMs: 0,
    signal: stop.signal,
  });
}

/** The visible part of the demo. When it fails, the daemon stops, too. */
async function show(performance: Performance, daemon: Daemon, url: string): Promise<void> {
  const { context, fixture, home, port, screen, stop } = performance;
  const snapshots = fixture.arrivals.length;
  try {
    for (const line of introduction({ snapshots, url, ...port })) screen.print(line);
    const backends = () => daemon.report().clients.flatMap((client) => client.backends);
    const { signal } = stop;
    await showArrivals({ fixture, home, screen, clock: context.clock, backends, signal });
    const program = process.argv[1] ?? 'dist/main.js';
    const text = closing({ home, url, password: fixture.password, snapshots, program });
    for (const line of text) screen.print(line);
  } catch (error) {
    stop.abort();
    throw error;
  }
}
