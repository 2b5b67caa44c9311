import { toDocument } from '../report/document.ts';
import { reportSettings } from '../client/report-settings.ts';
import { snapshotRows } from '../report/snapshot-rows.ts';
import type { SnapshotRow } from '../report/types.ts';
import { EXIT, ExitError } from '../runtime/errors.ts';
import { requireClient, requireConfig, type Configured } from './configured.ts';
import type { Context } from './context.ts';
import { askOnce, rememberedFacts } from './reach-unit.ts';
import { renderSnapshots } from './render/snapshots.ts';

export interface SnapshotsOptions {
  readonly configDir: string;
  readonly client: string;
  readonly json?: boolean;
  readonly limit?: number;
}

/** `snapshots CLIENT`: which snapshot is in which place, newest first. */
export async function snapshots(context: Context, options: SnapshotsOptions): Promise<number> {
  const { limit = Infinity, client } = options;
  if (Number.isNaN(limit) || limit < 1)
    throw new ExitError(EXIT.usage, '--limit takes a number from 1');
  const configured = await requireConfig(context, options.configDir);
  const rows = (await findRows(context, configured, client)).slice(0, limit);
  if (options.json === true) {
    const document = { schemaVersion: 1, client, snapshots: toDocument(rows) };
    context.json(document);
  } else {
    for (const line of renderSnapshots(rows, context.clock.now())) context.out(line);
  }
  return EXIT.ok;
}

async function findRows(
  context: Context,
  configured: Configured,
  name: string,
): Promise<readonly SnapshotRow[]> {
  const client = requireClient(configured, name);
  const answer = await askOnce(configured.config, name, { verb: 'snapshots' });
  if (answer?.type === 'snapshots') return answer.rows;
  const now = context.clock.now();
  const facts = await rememberedFacts(configured.config, client, now);
  return snapshotRows(facts, reportSettings(client), now);
}
