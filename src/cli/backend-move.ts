import { readMarker, requireMarker, type Marker } from '../backends/marker.ts';
import { movedText } from '../config/edit/move-backend.ts';
import { withFile } from '../config/edit/preview.ts';
import { loadRead } from '../config/load.ts';
import { DAEMON_FILE } from '../config/parse.ts';
import { formatProblem } from '../config/problem.ts';
import type { BackendConfig, ClientConfig } from '../config/types.ts';
import type { BackendFacts } from '../facts/facts.ts';
import { backendTraits, labelOf } from '../kinds/traits.ts';
import { requireBackend, requireClient, type Configured } from './configured.ts';
import type { Context } from './context.ts';
import { clientFileOf, readEditable, textToEdit, writeClient, type Editable } from './editable.ts';
import { EXIT, ExitError } from './exit-error.ts';
import { openPlaces } from './open-places.ts';
import { rememberedFacts } from './reach-unit.ts';
import type { Globals } from './run-command.ts';
import { setUpSite } from './set-up.ts';

export interface MoveOptions extends Globals {
  readonly client: string;
  readonly backend: string;
  readonly to: string;
  readonly json?: boolean;
}

/** `backend move`: the same replica is at another path now. */
export async function moveBackend(context: Context, options: MoveOptions): Promise<number> {
  const editable = await readEditable(context, options.configDir);
  const client = requireClient(editable, options.client);
  const from = requireBackend(client, options.backend);
  const { before, after, configured } = preview(editable, options);
  const moved = requireClient(configured, client.name);
  const to = requireBackend(moved, from.name);
  const isChanged = labelOf(from) !== labelOf(to);
  if (isChanged) {
    await requireReplica(context, configured, { client: moved, backend: to });
    await writeClient(editable, client.name, { before, after });
  }
  const places = { from: labelOf(from), to: labelOf(to) };
  const { json, client: name, backend } = options;
  if (json === true)
    context.json({ schemaVersion: 1, client: name, backend, isChanged, ...places });
  else for (const line of render(options, places, isChanged)) context.out(line);
  return EXIT.ok;
}

interface Preview {
  readonly before: string;
  readonly after: string;
  readonly configured: Configured;
}

/** The configuration with the new place, if it is valid. */
function preview(editable: Editable, { client: name, backend, to }: MoveOptions): Preview {
  const { read, root } = editable;
  const before = textToEdit(editable, name) ?? '';
  const daemon = read.files.find(({ path }) => path === DAEMON_FILE);
  const client = { path: clientFileOf(name), text: before };
  const after = movedText({ name, client, daemon }, { backend, to });
  if (after === undefined)
    throw new ExitError(
      EXIT.usage,
      `${to} is no place for backend ${backend}`,
      'a replica moves from a directory to a directory (write its path from the root), or from one remote to another',
    );
  const loaded = loadRead(withFile(read, client.path, after), root);
  const problems = loaded.clientProblems.get(name);
  if (loaded.config !== undefined && problems === undefined)
    return { before, after, configured: { config: loaded.config, loaded } };
  throw new ExitError(
    EXIT.configuration,
    `with this place, ${name} would have problems, and nothing was written:`,
    'choose another place',
    (problems ?? []).map(formatProblem),
  );
}

/** Throws unless this backend's own replica is at its new place. */
async function requireReplica(
  context: Context,
  configured: Configured,
  { client, backend }: { readonly client: ClientConfig; readonly backend: BackendConfig },
): Promise<void> {
  if (!backendTraits(backend).hasMarker)
    throw new ExitError(EXIT.usage, `${backend.name} has no replica of ours to move`);
  const { identity } = await setUpSite(context, configured);
  const { target, isRemote } = await openPlaces(context, client, backend);
  const names = { client: client.name, formerClients: client.formerly, backend: backend.name };
  const question = { isRemote, signal: context.signals.stop };
  if ((await readMarker(target, question, names)) === undefined)
    throw new ExitError(
      EXIT.failed,
      `${target.label} has no backend marker`,
      `move the replica there first, with its directory .backup-syncd; ${freshHint(names)}`,
    );
  const marker = await requireMarker(target, { ...names, ...identity }, question);
  const facts = await rememberedFacts(configured.config, client, context.clock.now());
  if (isReplicaOf(facts.backends.get(backend.name), marker, backend.name)) return;
  throw new ExitError(
    EXIT.failed,
    `${target.label} is not the replica that backend ${backend.name} has had: its marker is that of ${marker.backend}, since ${marker.since}`,
    `move the replica there first; ${freshHint(names)}`,
  );
}

function freshHint({ client, backend }: { client: string; backend: string }): string {
  return `for a new replica, change the path in the file, then run: backup-syncd backend init --new-disk ${client} ${backend}`;
}

/** Whether a marker is one that this backend is known to have had. */
function isReplicaOf(known: BackendFacts | undefined, marker: Marker, backend: string): boolean {
  if (marker.backend !== backend) return false;
  const disks = known === undefined ? [] : [known, ...known.disks.values()];
  const ids = disks.flatMap(({ place: { markerId } }) => markerId ?? []);
  const theirs = [marker.id, ...(marker.replaces ?? [])];
  return ids.length === 0 || ids.some((id) => theirs.includes(id));
}

function render(
  { client, backend }: MoveOptions,
  { from, to }: { readonly from: string; readonly to: string },
  isChanged: boolean,
): string[] {
  if (!isChanged) return [`${client} → ${backend}: already at ${to}`];
  return [
    `${client} → ${backend}: now at ${to} (before: ${from})`,
    '  what is known of it stays known; a running daemon uses the new place within seconds',
    `  anything left at ${from} is no longer used`,
  ];
}
