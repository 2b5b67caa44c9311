import { listenUrl } from './config/listen-url.ts';
import { loadConfig } from './config/load.ts';
import { printable } from './runtime/printable.ts';

/**
 * Is the daemon of this container alive? Asks /healthz where its configuration says that it listens. For the container
 * image, and therefore a program of its own: it is run every minute, and must not need what the daemon needs.
 *   node healthcheck.js [CLIENT]     CLIENT for `run CLIENT`, which listens where the client's file says
 */
const directory = process.env['BACKUP_SYNCD_CONFIG_DIR'] ?? '/etc/backup-syncd';
void main();

async function main(): Promise<void> {
  const problem = await findProblem(process.argv[2]);
  if (problem !== undefined) process.stderr.write(`${printable(problem)}\n`);
  process.exit(problem === undefined ? 0 : 1);
}

async function findProblem(name: string | undefined): Promise<string | undefined> {
  const { config } = await loadConfig(directory);
  const listen = config?.clients.find((client) => client.name === name)?.listen ?? config?.listen;
  if (listen === undefined) return `the configuration in ${directory} cannot be used`;
  const url = `${listenUrl(listen)}healthz`;
  try {
    const { status } = await fetch(url, { signal: AbortSignal.timeout(5000) });
    return status === 200 ? undefined : `${url} answered ${status}`;
  } catch (error) {
    const { cause, message } = error as Error;
    return `${url}: ${cause instanceof Error ? cause.message : message}`;
  }
}
