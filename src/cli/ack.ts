import { userInfo } from 'node:os';
import { callDaemon } from '../client/control-client.ts';
import { holdUnit, socketPathOf } from '../client/hosted-unit.ts';
import { TransferQueue } from '../work/transfers/transfer-queue.ts';
import type { ClientConfig, Config } from '../config/types.ts';
import { SILENT_LOG } from '../log/log.ts';
import { toDocument } from '../report/document.ts';
import type { Acknowledgement, ClientReport } from '../report/types.ts';
import { abortError } from '../runtime/abort.ts';
import { requireClient, requireConfig } from './configured.ts';
import { actAsOwnerOf } from './act-as-owner.ts';
import type { Context } from './context.ts';
import { EXIT, ExitError } from './exit-error.ts';
import { hostOptions } from './places.ts';
import { inDaemonOrHere } from './reach-unit.ts';

export interface AckOptions {
  readonly configDir: string;
  readonly client: string;
  readonly reason: string;
  readonly json?: boolean;
}

/** The maximum number of characters of a reason. */
const LONGEST_REASON = 1_000;
/** How long a daemon may take to check the source again, in milliseconds. */
const LOOK_MS = 5 * 60_000;

interface Answer {
  /** undefined when nothing had vanished */
  readonly accepted?: Acknowledgement;
  readonly report: ClientReport;
}

/** `ack`: accepts what has vanished from a source, on behalf of a person. */
export async function ack(context: Context, options: AckOptions): Promise<number> {
  const reason = cleanReason(options.reason);
  const configured = await requireConfig(context, options.configDir);
  const client = requireClient(configured, options.client);
  const said = { by: userName(), reason };
  const answer = await acknowledge(context, {
    config: configured.config,
    client,
    acknowledgement: said,
  });
  if (options.json === true) context.json(document(answer));
  else for (const line of render(answer)) context.out(line);
  return answer.report.source.state === 'ok' ? EXIT.ok : EXIT.failed;
}

interface Job {
  readonly config: Config;
  readonly client: ClientConfig;
  readonly acknowledgement: { readonly by: string; readonly reason: string };
}

/** Acknowledges in the daemon that runs the client, or here if there is none. */
async function acknowledge(context: Context, job: Job): Promise<Answer> {
  return inDaemonOrHere(context, socketPathOf(job.config.runtimeDirectory, job.client.name), {
    byDaemon: () => acknowledgeByDaemon(context, job),
    here: () => acknowledgeHere(context, job),
  });
}

/** Undefined when no daemon runs this client. */
async function acknowledgeByDaemon(
  { signals }: Context,
  { config, client, acknowledgement: said }: Job,
): Promise<Answer | undefined> {
  const path = socketPathOf(config.runtimeDirectory, client.name);
  const how = { signal: signals.stop, silenceMs: LOOK_MS };
  for await (const answer of callDaemon(path, { verb: 'ack', ...said }, how)) {
    if (answer.type === 'acknowledged') return answer;
    if (answer.type === 'error')
      throw new ExitError(EXIT.failed, `${client.name}: ${answer.message}`);
  }
  if (signals.stop.aborted) throw abortError(signals.stop);
  return undefined;
}

async function acknowledgeHere(
  context: Context,
  { config, client, acknowledgement: said }: Job,
): Promise<Answer> {
  const host = await hostOptions(context, config, SILENT_LOG);
  await actAsOwnerOf(config.stateDirectory);
  const transfers = new TransferQueue(config.limits);
  const held = await holdUnit(client, { ...host, transfers });
  try {
    const accepted = await held.unit.acknowledge(said, context.signals.stop);
    return { ...(accepted && { accepted }), report: held.unit.report() };
  } finally {
    await held.release();
  }
}

function render({ accepted, report }: Answer): string[] {
  const { client, source } = report;
  const { state, message = '', hint } = source;
  if (accepted === undefined && state === 'ok')
    return [`${client}: nothing to acknowledge: the source is ok`];
  const first =
    accepted === undefined
      ? `${client}: nothing to acknowledge: the source is ${state}, and an acknowledgement does not change that`
      : `${client}: acknowledged: ${accepted.message}`;
  if (state === 'ok') return [first, `${client}: the source is ok`];
  return [first, `${client}: the source is ${state}: ${message}`, ...(hint ? [`  ${hint}`] : [])];
}

function document({ accepted, report }: Answer): unknown {
  const { client, source } = report;
  return {
    schemaVersion: 1,
    client,
    acknowledged: accepted === undefined ? null : toDocument(accepted),
    source: toDocument(source),
  };
}

/** The reason on one line, for tables and logs. */
function cleanReason(text: string): string {
  const reason = text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  if (reason !== '') return reason.slice(0, LONGEST_REASON);
  throw new ExitError(
    EXIT.usage,
    '--reason is empty',
    'say why you accept the loss, for anyone who reads this later',
  );
}

function userName(): string {
  const uid = process.getuid?.() ?? -1;
  try {
    const { username } = userInfo();
    return `${process.env['SUDO_USER'] ?? username} (${process.env['SUDO_UID'] ?? uid})`;
  } catch {
    return `uid ${uid}`; // the user has no entry in passwd
  }
}
