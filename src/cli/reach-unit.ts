import { readdir } from 'node:fs/promises';
import { askDaemon } from '../client/control-client.ts';
import type { ControlAnswer, ControlRequest } from '../client/control-protocol.ts';
import { evaluateProtection } from '../client/evaluate.ts';
import { socketPathOf } from '../client/hosted-unit.ts';
import type { ClientConfig, Config } from '../config/types.ts';
import { deriveReport } from '../report/derive.ts';
import type { ClientFacts } from '../report/facts.ts';
import { initialFacts, withBackends } from '../report/initial-facts.ts';
import { loadState, stateFileOf } from '../state/state-file.ts';
import { reportSettings } from '../client/report-settings.ts';
import type { ClientReport } from '../report/types.ts';

/** How long a daemon may take for an answer that needs no I/O, in milliseconds. */
const ANSWER_MS = 5_000;

/** The first answer of the daemon that runs a client; undefined when none does. */
export async function askOnce(
  config: Pick<Config, 'runtimeDirectory'>,
  client: string,
  request: ControlRequest,
): Promise<ControlAnswer | undefined> {
  const path = socketPathOf(config.runtimeDirectory, client);
  const { signal } = new AbortController();
  for await (const answer of askDaemon(path, request, { signal, silenceMs: ANSWER_MS }))
    return answer;
  return undefined;
}

/** What is remembered of a client while no daemon runs it. Changes nothing. */
export async function rememberedFacts(
  config: Pick<Config, 'stateDirectory'>,
  client: ClientConfig,
  now: number,
): Promise<ClientFacts> {
  const file = stateFileOf(config.stateDirectory, client.name);
  const { facts } = await loadState(file, client.name, { putAside: false });
  const names = client.backends.map(({ name }) => name);
  const known = withBackends(facts ?? initialFacts(client.name, names, now), names, now);
  return { ...known, ...evaluateProtection(known, { expectedCopies: client.expect.copies, now }) };
}

export interface FoundReport {
  readonly report: ClientReport;
  readonly isRunning: boolean;
}

/** The clients that have a control socket, whether anybody listens there or not. */
export async function runningUnits(runtimeDirectory: string): Promise<string[]> {
  const names = await readdir(runtimeDirectory).catch(() => []);
  return names.flatMap((name) => /^(.+)\.sock$/.exec(name)?.[1] ?? []);
}

/** The report of a client that no daemon runs, from what is remembered. */
export async function findRemembered(
  config: Pick<Config, 'stateDirectory'>,
  client: ClientConfig,
  now: number,
): Promise<FoundReport> {
  const facts = await rememberedFacts(config, client, now);
  return { report: deriveReport(facts, reportSettings(client), now), isRunning: false };
}
