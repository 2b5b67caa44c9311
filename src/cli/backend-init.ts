import { labelOf } from '../kinds/traits.ts';
import { actAs } from './act-as-owner.ts';
import { requireBackend, requireClient, requireConfig, type Configured } from './configured.ts';
import type { Context } from './context.ts';
import { EXIT, ExitError } from './exit-error.ts';
import { queryDaemon } from './reach-unit.ts';
import type { Globals } from './run-command.ts';
import { renderSetUp, setUpPlaces } from './set-up-many.ts';
import {
  checkPlace,
  makeAtRemote,
  makeDirectory,
  markPlace,
  setUpSite,
  type NewBackend,
  type SetUpOptions,
} from './set-up.ts';

export interface InitBackendOptions extends Globals, SetUpOptions {
  /** a client and a backend; with `all`, clients */
  readonly names: readonly string[];
  /** every backend of these clients, or of all clients */
  readonly all?: boolean;
  readonly json?: boolean;
}

/** `backend init`: the only thing that makes a place a backend (I11). */
export async function initBackend(context: Context, options: InitBackendOptions): Promise<number> {
  const configured = await requireConfig(context, options.configDir);
  if (options.all === true)
    return initMany(context, configured, {
      ...options,
      places: placesOf(configured, options.names),
    });
  const [client, backend, ...rest] = options.names;
  if (client === undefined || backend === undefined || rest.length > 0)
    throw new ExitError(EXIT.usage, 'name a client and one of its backends, or give --all');
  const place = placeOf(configured, client, backend);
  if (options.json === true) return initMany(context, configured, { ...options, places: [place] });
  return initOne(context, configured, { ...options, ...place });
}

function placeOf(configured: Configured, name: string, backend: string): NewBackend {
  const client = requireClient(configured, name);
  return { client, backend: requireBackend(client, backend) };
}

/** The places of the named clients, or of all. */
function placesOf(configured: Configured, names: readonly string[]): NewBackend[] {
  const clients =
    names.length === 0
      ? configured.config.clients
      : [...new Set(names)].map((name) => requireClient(configured, name));
  return clients.flatMap((client) => client.backends.map((backend) => ({ client, backend })));
}

async function initOne(
  context: Context,
  configured: Configured,
  options: NewBackend & SetUpOptions,
): Promise<number> {
  const { client, backend, adopt = false } = options;
  const site = await setUpSite(context, configured);
  const checked = await checkPlace(context, site, options);
  const isDirectoryMade = !adopt && (await makeDirectory(context, site, checked));
  await actAs(site.daemon);
  const isMade = isDirectoryMade || (!adopt && (await makeAtRemote(context, site, checked)));
  const { done, details } = await markPlace(context, checked, { adopt, isMade });
  context.out(`${client.name} → ${backend.name}: ${labelOf(backend)} ${done}`);
  for (const line of details) context.out(`  ${line}`);
  await queryDaemon(configured.config, client.name, { verb: 'nudge' });
  return EXIT.ok;
}

interface Many extends SetUpOptions {
  readonly places: readonly NewBackend[];
  readonly json?: boolean;
}

async function initMany(
  context: Context,
  configured: Configured,
  { json, ...options }: Many,
): Promise<number> {
  const { places } = options;
  const site = await setUpSite(context, configured);
  const results = await setUpPlaces(context, site, options);
  if (json === true) context.json({ schemaVersion: 1, places: results });
  else for (const line of renderSetUp(results)) context.out(line);
  for (const name of new Set(places.map(({ client }) => client.name)))
    await queryDaemon(configured.config, name, { verb: 'nudge' });
  if (places.length === 0) context.err('there is no backend to set up');
  const isRefused = results.some(({ outcome }) => outcome === 'refused');
  return isRefused || places.length === 0 ? EXIT.failed : EXIT.ok;
}
