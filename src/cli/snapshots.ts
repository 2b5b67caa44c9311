import { toDocument } from '../report/document.ts';
import { reportSettings } from '../client/report-settings.ts';
import { snapshotRows } from '../report/snapshot-rows.ts';
import type { SnapshotRow } from '../report/types.ts';
import type { LoadResult } from '../config/types.ts';
import { readConfig } from './configured.ts';
import type { Context } from './context.ts';
import { EXIT, ExitError } from './exit-error.ts';
import { queryDaemon, holderOf, rememberedFacts } from './reach-unit.ts';
import { heldMessage, noDaemonMessage } from './render/remembered.ts';
import { renderSnapshots } from './render/snapshots.ts';
import type { Globals } from './run-command.ts';
import { chooseTargets, printOlderConfiguration, type Target } from './targets.ts';

export interface SnapshotsOptions extends Globals {
  readonly client: string;
  readonly json?: boolean;
  readonly limit?: number;
}

/** `snapshots CLIENT`: shows which snapshot is in which place, newest first. */
export async function snapshots(context: Context, options: SnapshotsOptions): Promise<number> {
  const { limit = Infinity, client } = options;
  if (Number.isNaN(limit) || limit < 1)
    throw new ExitError(EXIT.usage, '--limit must be a number from 1');
  const loaded = await readConfig(context, options.configDir);
  const { configDir } = options;
  const [target] = await chooseTargets(loaded, { configDir, names: [client] });
  if (target === undefined) return EXIT.ok;
  const found = await findRows(context, loaded, target);
  const { isRunning, holder } = found;
  const rows = found.rows.slice(0, limit);
  if (options.json === true) {
    context.json({ schemaVersion: 1, client, isRunning, snapshots: toDocument(rows) });
  } else {
    for (const line of renderSnapshots(rows, context.clock.now())) context.out(line);
  }
  if ('refusal' in target) printOlderConfiguration(context, [client], target.refusal);
  else if (!isRunning)
    context.err(holder === undefined ? noDaemonMessage() : heldMessage(client, holder));
  return 'refusal' in target ? EXIT.failed : EXIT.ok;
}

interface Found {
  readonly rows: readonly SnapshotRow[];
  /** a daemon reported it; otherwise it is the last saved state */
  readonly isRunning: boolean;
  /** the process that has the client but does not answer */
  readonly holder?: number;
}

async function findRows(
  context: Context,
  { directories }: LoadResult,
  target: Target,
): Promise<Found> {
  const answer = await queryDaemon(directories, target.name, { verb: 'snapshots' });
  if (answer?.type === 'snapshots') return { rows: answer.rows, isRunning: true };
  if ('refusal' in target) throw target.refusal;
  const { client, config } = target;
  const now = context.clock.now();
  const holder = await holderOf(config.stateDirectory, client.name);
  const facts = await rememberedFacts(config, client, now);
  const rows = snapshotRows(facts, reportSettings(client), now);
  return { rows, isRunning: false, ...(holder !== undefined && { holder }) };
}
