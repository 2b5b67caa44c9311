import { labelOf } from '../kinds/traits.ts';
import { actAs } from './act-as-owner.ts';
import { requireBackend, requireClient, requireConfig, type Configured } from './configured.ts';
import type { Context } from './context.ts';
import { EXIT, ExitError } from './exit-error.ts';
import { queryDaemon } from './reach-unit.ts';
import { renderSetUp, setUpPlaces } from './set-up-many.ts';
import {
  checkPlace,
  makeAtRemote,
  makeDirectory,
  markPlace,
  setUpSite,
  type SetUpOptions,
} from './set-up.ts';

export interface InitBackendOptions extends SetUpOptions {
  readonly configDir: string;
  /** a client and a backend; with `all`, clients */
  readonly names: readonly string[];
  /** every backend of these clients, or of all clients */
  readonly all?: boolean;
  readonly json?: boolean;
}

/** `backend init`: the only thing that makes a place a backend (I11). */
export async function initBackend(context: Context, options: InitBackendOptions): Promise<number> {
  const configured = await requireConfig(context, options.configDir);
  if (options.all === true) return initAll(context, configured, options);
  const [client, backend, ...rest] = options.names;
  if (client === undefined || backend === undefined || rest.length > 0)
    throw new ExitError(EXIT.usage, 'name a client and one of its backends, or give --all');
  if (options.json === true) throw new ExitError(EXIT.usage, '--json needs --all');
  return initOne(context, configured, { ...options, client, backend });
}

interface One extends SetUpOptions {
  readonly client: string;
  readonly backend: string;
}

async function initOne(context: Context, configured: Configured, options: One): Promise<number> {
  const client = requireClient(configured, options.client);
  const backend = requireBackend(client, options.backend);
  const site = await setUpSite(context, configured);
  const checked = await checkPlace(context, site, { ...options, client, backend });
  const { adopt = false } = options;
  const isDirectoryMade = !adopt && (await makeDirectory(context, site, checked));
  actAs(site.daemon);
  const isMade = isDirectoryMade || (!adopt && (await makeAtRemote(context, site, checked)));
  const how = { adopt, isMade };
  const { done, details } = await markPlace(context, checked, how);
  context.out(`${client.name} → ${backend.name}: ${labelOf(backend)} ${done}`);
  for (const line of details) context.out(`  ${line}`);
  await queryDaemon(configured.config, client.name, { verb: 'nudge' });
  return EXIT.ok;
}

async function initAll(
  context: Context,
  configured: Configured,
  { names, json, ...options }: InitBackendOptions,
): Promise<number> {
  const clients =
    names.length === 0
      ? configured.config.clients
      : [...new Set(names)].map((name) => requireClient(configured, name));
  const site = await setUpSite(context, configured);
  const places = clients.flatMap((client) =>
    client.backends.map((backend) => ({ client, backend })),
  );
  const results = await setUpPlaces(context, site, { ...options, places });
  if (json === true) context.json({ schemaVersion: 1, places: results });
  else for (const line of renderSetUp(results)) context.out(line);
  for (const { name } of clients) await queryDaemon(configured.config, name, { verb: 'nudge' });
  if (places.length === 0) context.err('there is no backend to set up');
  const isRefused = results.some(({ outcome }) => outcome === 'refused');
  return isRefused || places.length === 0 ? EXIT.failed : EXIT.ok;
}
