import { runTool } from './run-tool.ts';

/** The socket where systemd listens to a service of `Type=notify`; see sd_notify(3). */
export interface NotifySocket {
  /** a path, or an abstract address */
  readonly address: string;
  /** systemd kills this process after this long without a message, in milliseconds; absent: it does not watch */
  readonly watchdogMs?: number;
}

/** The socket that systemd passed to this process; undefined if it does not listen. The watchdog of another process is ignored. */
export function notifySocketOf(env: NodeJS.ProcessEnv, pid: number): NotifySocket | undefined {
  const { NOTIFY_SOCKET: address, WATCHDOG_USEC, WATCHDOG_PID } = env;
  if (address === undefined || address === '') return undefined;
  const isOurs = WATCHDOG_PID === undefined || Number(WATCHDOG_PID) === pid;
  const watchdogMs = Number(WATCHDOG_USEC) / 1000;
  return { address, ...(isOurs && watchdogMs > 0 && { watchdogMs }) };
}

export interface NotifyOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Sends one message, such as `READY=1`; never rejects. Returns what went wrong, or undefined. Node has no datagram sockets, so
 * systemd's own program sends it. It alone gets the address, which other children must not have.
 */
export async function notifySystemd(
  { address }: NotifySocket,
  message: string,
  options: NotifyOptions,
): Promise<string | undefined> {
  const env = { NOTIFY_SOCKET: address };
  const { exitCode, stderr } = await runTool('systemd-notify', [message], { ...options, env });
  if (exitCode === 0) return undefined;
  return stderr === '' ? 'systemd-notify cannot be run' : stderr;
}
