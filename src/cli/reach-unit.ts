import { readdir } from 'node:fs/promises';
import { callDaemon } from '../client/control-client.ts';
import type { ControlAnswer, ControlRequest } from '../client/control-protocol.ts';
import { socketPathOf } from '../client/hosted-unit.ts';
import type { ClientConfig, Config } from '../config/types.ts';
import { deriveReport } from '../report/derive.ts';
import type { ClientFacts } from '../facts/facts.ts';
import { initialFacts, withBackends } from '../facts/initial.ts';
import { lockHolder } from '../state/lock.ts';
import { loadState, stateFileOf } from '../state/state-file.ts';
import { reportSettings } from '../client/report-settings.ts';
import type { ClientReport } from '../report/types.ts';
import { abortError } from '../runtime/abort.ts';
import { ownFilesHint } from '../runtime/own-files-hint.ts';
import { errorMessage } from '../runtime/system-error.ts';
import type { Context } from './context.ts';
import { EXIT, ExitError } from './exit-error.ts';
import { PausedExit } from './paused-places.ts';

/** How long a daemon may take for an answer that needs no I/O, in milliseconds. */
const ANSWER_MS = 5_000;

/** Returns the first answer of the daemon that runs a client; undefined when none does. */
export async function queryDaemon(
  config: Pick<Config, 'runtimeDirectory'>,
  client: string,
  request: ControlRequest,
): Promise<ControlAnswer | undefined> {
  const path = socketPathOf(config.runtimeDirectory, client);
  const { signal } = new AbortController();
  for await (const answer of callDaemon(path, request, { signal, silenceMs: ANSWER_MS }))
    return answer;
  return undefined;
}

/** A daemon reports what it is doing twice a second; without a report for this long, it hangs, in milliseconds. */
const SILENCE_MS = 60_000;

/** A request to the daemon that runs a client, for something that takes a while. */
export interface Question<T> {
  readonly client: string;
  /** for people */
  readonly noun: string;
  readonly request: ControlRequest;
  /** the result in an answer; undefined if it is another answer */
  readonly resultIn: (answer: ControlAnswer) => T | undefined;
  /** called when a person stops waiting, while the daemon continues */
  readonly onLeft?: () => void;
  /** what to do if the daemon stops before it is done */
  readonly ifStopped?: string;
  /** milliseconds */
  readonly silenceMs?: number;
}

/** Asks the daemon that runs a client, and shows its progress; undefined when no daemon runs it. */
export async function askDaemon<T>(
  { signals: { stop } }: Pick<Context, 'signals'>,
  { runtimeDirectory }: Pick<Config, 'runtimeDirectory'>,
  { client, noun, request, resultIn, onLeft, ifStopped, silenceMs = SILENCE_MS }: Question<T>,
): Promise<T | undefined> {
  const path = socketPathOf(runtimeDirectory, client);
  let isAsked = false;
  for await (const answer of callDaemon(path, request, { signal: stop, silenceMs })) {
    isAsked = true;
    if (answer.type === 'error') throw refusalOf(client, answer);
    const result = resultIn(answer);
    if (result !== undefined) return result;
  }
  if (stop.aborted) {
    onLeft?.();
    throw abortError(stop);
  }
  if (!isAsked) return undefined;
  const message = `${client}: the daemon stopped before the ${noun} was done`;
  throw new ExitError(EXIT.unavailable, message, ifStopped);
}

function refusalOf(
  client: string,
  { message, hint, isPaused }: Extract<ControlAnswer, { type: 'error' }>,
): ExitError {
  const text = `${client}: ${message}`;
  return isPaused ? new PausedExit(text, hint) : new ExitError(EXIT.failed, text, hint);
}

/** Reads the saved state of a client that no daemon runs. Changes nothing. */
export async function rememberedFacts(
  config: Pick<Config, 'stateDirectory'>,
  client: ClientConfig,
  now: number,
): Promise<ClientFacts> {
  const file = stateFileOf(config.stateDirectory, client.name);
  const { facts } = await loadState(file, client.name);
  const names = client.backends.map(({ name }) => name);
  return withBackends(facts ?? initialFacts(client.name, names, now), names, now);
}

export interface FoundReport {
  readonly report: ClientReport;
  readonly isRunning: boolean;
  /** the process that has the client but does not answer */
  readonly holder?: number;
}

/** Returns the process that has a client but does not answer. Rejects with an ExitError when the state directory cannot be read. */
export async function holderOf(
  stateDirectory: string,
  client: string,
): Promise<number | undefined> {
  try {
    return await lockHolder(stateDirectory, client);
  } catch (error) {
    throw new ExitError(
      EXIT.unavailable,
      `cannot read the state directory ${stateDirectory}: ${errorMessage(error)}`,
      ownFilesHint(error, stateDirectory),
    );
  }
}

/** The clients that have a control socket, whether anything listens there or not. */
export async function runningUnits(runtimeDirectory: string): Promise<string[]> {
  const names = await readdir(runtimeDirectory).catch(() => []);
  return names.flatMap((name) => /^(.+)\.sock$/.exec(name)?.[1] ?? []);
}

/** Builds the report of a client that no daemon runs, from its saved state. */
export async function findRemembered(
  config: Pick<Config, 'stateDirectory'>,
  client: ClientConfig,
  now: number,
): Promise<FoundReport> {
  const holder = await holderOf(config.stateDirectory, client.name);
  const facts = await rememberedFacts(config, client, now);
  const report = deriveReport(facts, reportSettings(client), now);
  return { report, isRunning: false, ...(holder !== undefined && { holder }) };
}
