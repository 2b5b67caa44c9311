import type { AuditRequest } from '../client/audit-request.ts';
import type { AuditReport } from '../facts/audit-report.ts';
import { SOURCE_NAME } from '../facts/sync-report.ts';
import { toDocument } from '../report/document.ts';
import { worstOf } from '../report/audits.ts';
import { lastAuditOf } from '../report/last-audit.ts';
import { isAbort } from '../runtime/abort.ts';
import { eachAtOnce } from '../runtime/each-at-once.ts';
import { parseDuration } from '../runtime/units.ts';
import { TransferQueue } from '../work/transfers/transfer-queue.ts';
import { requireActing } from './act-as-owner.ts';
import { askClient, askItsDaemon, type Job, type LongTask } from './ask-client.ts';
import { readConfig } from './configured.ts';
import type { Context } from './context.ts';
import { asExitError, EXIT, ExitError, inOneText } from './exit-error.ts';
import { isRefusal, type Named } from './paused-places.ts';
import { renderAudits, type ClientAudits } from './render/audit.ts';
import { createProgressView } from './render/progress.ts';
import type { Globals } from './run-command.ts';
import { unlessHurried } from './signals.ts';
import {
  chooseTargets,
  explainLeftOut,
  printOlderConfiguration,
  requireChoice,
  type Target,
} from './targets.ts';

export interface AuditOptions extends Globals {
  readonly clients: readonly string[];
  readonly all?: boolean;
  readonly backend?: readonly string[];
  readonly newerThan?: string;
  readonly olderThan?: string;
  readonly json?: boolean;
}

/** Clients that are audited at the same time. */
const AT_ONCE = 4;

/** `audit`: lists every place of some clients now, compares, and repairs. */
export async function audit(context: Context, options: AuditOptions): Promise<number> {
  const { clients: names, backend: backends, configDir, logLevel, json = false } = options;
  requireChoice('audit', options);
  const request: AuditRequest = { backends, ...agesOf(options) };
  const task = auditOf(request, context.signals.stop);
  const loaded = await readConfig(context, configDir);
  await requireActing(loaded.directories.stateDirectory);
  const named = backends?.filter((name) => name !== SOURCE_NAME);
  const targets = await chooseTargets(loaded, { configDir, names, backends: named });
  const { config, directories } = loaded;
  const view = createProgressView(context, json);
  const job = {
    context,
    logLevel,
    directories,
    view,
    transfers: new TransferQueue(config?.limits),
  };
  const work = eachAtOnce(targets, AT_ONCE, (target) => tryTarget(job, target, task));
  const results = await unlessHurried(work, context.signals);
  view.end();
  if (json) context.json({ schemaVersion: 1, clients: results.map(toJson) });
  else for (const line of results.flatMap(renderAudits)) context.out(line);
  const hasAny = explainLeftOut(context, loaded, { names, targets });
  const isBackendNamed = backends !== undefined;
  const isClientNamed = names.length > 0;
  return Math.max(
    hasAny ? EXIT.ok : EXIT.failed,
    ...results.map((result) => exitCodeOf(result, { isBackendNamed, isClientNamed })),
  );
}

function auditOf(request: AuditRequest, signal: AbortSignal): LongTask<readonly AuditReport[]> {
  return {
    noun: 'audit',
    request: { verb: 'audit', ...request },
    resultIn: (answer) => (answer.type === 'audited' ? answer.audits : undefined),
    runHere: (unit) => unit.audit(request, signal),
  };
}

function agesOf({
  newerThan,
  olderThan,
}: AuditOptions): Pick<AuditRequest, 'newerThanMs' | 'olderThanMs'> {
  const newerThanMs = ageOf('--newer-than', newerThan);
  const olderThanMs = ageOf('--older-than', olderThan);
  if ((olderThanMs ?? 0) <= (newerThanMs ?? Infinity)) return { newerThanMs, olderThanMs };
  throw new ExitError(
    EXIT.usage,
    `no snapshot is younger than ${newerThan} and older than ${olderThan}`,
    'the age after --newer-than must be the longer one, for example --newer-than 30d --older-than 4h',
  );
}

function ageOf(option: string, given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const age = parseDuration(given);
  if (age !== undefined) return age;
  throw new ExitError(
    EXIT.usage,
    `${option} is not a duration: ${given}`,
    'write a number with s, m, h or d, for example 30d',
  );
}

/** A client that cannot be audited does not keep others from it. */
async function tryTarget(
  job: Job,
  target: Target,
  task: LongTask<readonly AuditReport[]>,
): Promise<ClientAudits> {
  const { name: client } = target;
  try {
    if ('client' in target) return { client, audits: (await askClient(job, target, task)).result };
    const done = await askItsDaemon(job, client, task);
    if (done === undefined) throw target.refusal;
    printOlderConfiguration(job.context, [client], target.refusal);
    return { client, audits: done.result };
  } catch (error) {
    if (isAbort(error)) throw error;
    const { exitCode, message, hint, details } = asExitError(error) ?? failureOf(error as Error);
    return { client, failure: { exitCode, message, hint, details } };
  }
}

function failureOf({ message, hint }: Error & { readonly hint?: string }): ExitError {
  return new ExitError(EXIT.failed, message, hint);
}

function toJson(result: ClientAudits): unknown {
  const { client } = result;
  if ('failure' in result) return { client, error: inOneText(result.failure) };
  const audits = result.audits.map(({ place, result: lastAudit, trouble, repairTrouble }) => ({
    place,
    ...(lastAudit && { audit: lastAuditOf({ lastAudit }) }),
    ...(trouble && { trouble }),
    ...(repairTrouble && { repairTrouble }),
  }));
  return { client, audits: toDocument(audits) };
}

/** A finding that was repaired counts, too: its objects were missing before. */
function exitCodeOf(result: ClientAudits, named: Named): number {
  if ('failure' in result) return result.failure.exitCode;
  const { audits } = result;
  const areAllPaused = audits.every(({ trouble }) => trouble?.isPaused === true);
  const codes = audits.map(({ result: audit, trouble }) => {
    if (trouble?.isPaused === true && !isRefusal(named, areAllPaused)) return EXIT.ok;
    if (audit === undefined) return EXIT.warning;
    const worst = worstOf(audit);
    if (worst === 'critical') return EXIT.critical;
    return worst === 'warning' ? EXIT.warning : EXIT.ok;
  });
  return Math.max(EXIT.ok, ...codes);
}
