import { callDaemon } from '../client/control-client.ts';
import { socketPathOf } from '../client/hosted-unit.ts';
import type { ClientConfig, Config } from '../config/types.ts';
import { toDocument } from '../report/document.ts';
import { abortError } from '../runtime/abort.ts';
import { SyncdError } from '../runtime/errors.ts';
import type { RestoreCheckReport } from '../work/restore-check/restore-check.ts';
import { SILENCE_MS } from './ask-client.ts';
import { withClientHere } from './client-here.ts';
import { requireClient, requireConfig } from './configured.ts';
import type { Context } from './context.ts';
import { EXIT, ExitError } from './exit-error.ts';
import { inDaemonOrHere } from './reach-unit.ts';
import { renderRestoreCheck } from './render/restore-check.ts';

export interface RestoreCheckCommand {
  readonly configDir: string;
  readonly clients: readonly string[];
  readonly backend?: string;
  readonly snapshot?: string;
  readonly json?: boolean;
}

interface Job {
  readonly context: Context;
  readonly config: Config;
  readonly client: ClientConfig;
  readonly command: RestoreCheckCommand;
  /** tells what comes next */
  readonly say: (text: string) => void;
}

const CODE_OF = { ok: EXIT.ok, failed: EXIT.failed, inconclusive: EXIT.unknown } as const;

/** `restore-check`: one client after the other, in its daemon if one is running. */
export async function restoreCheck(
  context: Context,
  command: RestoreCheckCommand,
): Promise<number> {
  const { configDir, json = false } = command;
  const configured = await requireConfig(context, configDir);
  const clients = [...new Set(command.clients)].map((name) => requireClient(configured, name));
  for (const client of clients) requirePassword(client);
  const { config } = configured;
  const results: (RestoreCheckReport & { readonly client: string })[] = [];
  for (const client of clients) {
    const say = (text: string) => context.err(`${client.name}: ${text}`);
    const report = await checkOne({ context, config, client, command, say });
    results.push({ client: client.name, ...report });
    if (!json) for (const line of renderRestoreCheck(client.name, report)) context.out(line);
  }
  if (json) context.json({ schemaVersion: 1, checks: toDocument(results) });
  const codes = results.map(({ outcome }) => CODE_OF[outcome]);
  return codes.includes(EXIT.failed) ? EXIT.failed : Math.max(EXIT.ok, ...codes);
}

function requirePassword({ name, source }: ClientConfig): void {
  if (source.password !== undefined) return;
  throw new ExitError(
    EXIT.configuration,
    `${name}: the password of its repository is not configured, so nothing can be restored`,
    `add source.password to the configuration of ${name}: see docs/configuration.md`,
  );
}

async function checkOne(job: Job): Promise<RestoreCheckReport> {
  const path = socketPathOf(job.config.runtimeDirectory, job.client.name);
  return inDaemonOrHere(job.context, path, {
    byDaemon: () => checkByDaemon(job, path),
    runHere: () => checkHere(job),
  });
}

/** Undefined when no daemon runs this client. */
async function checkByDaemon(
  { context, client, command, say }: Job,
  path: string,
): Promise<RestoreCheckReport | undefined> {
  const { stop } = context.signals;
  const { backend: place, snapshot } = command;
  const request = { verb: 'restore-check', place, snapshot } as const;
  let isAsked = false;
  for await (const answer of callDaemon(path, request, { signal: stop, silenceMs: SILENCE_MS })) {
    isAsked = true;
    if (answer.type === 'said') say(answer.text);
    if (answer.type === 'restore-checked') return answer.check;
    if (answer.type === 'error')
      throw new ExitError(EXIT.failed, `${client.name}: ${answer.message}`, answer.hint);
  }
  if (stop.aborted) {
    say('the daemon continues this check; status shows its result');
    throw abortError(stop);
  }
  if (isAsked)
    throw new ExitError(EXIT.unavailable, `${client.name}: the daemon stopped meanwhile`);
  return undefined;
}

async function checkHere({
  context,
  config,
  client,
  command,
  say,
}: Job): Promise<RestoreCheckReport> {
  const { backend: place, snapshot } = command;
  const { stop } = context.signals;
  return withClientHere(context, { client, config }, async (unit) => {
    try {
      return await unit.restoreCheck({ place, snapshot }, say, stop);
    } catch (error) {
      if (!(error instanceof SyncdError)) throw error;
      throw new ExitError(EXIT.failed, `${client.name}: ${error.message}`, error.hint);
    }
  });
}
