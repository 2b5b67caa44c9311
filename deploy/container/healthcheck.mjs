// Is the daemon of this container alive? Asks /healthz where its configuration says that it listens.
//   node healthcheck.mjs [CLIENT]     CLIENT for `run CLIENT`, which listens where the client's file says
/* global AbortSignal, fetch */
import process from 'node:process';
import { loadConfig } from '../../dist/config/load.js';

const directory = process.env['BACKUP_SYNCD_CONFIG_DIR'] ?? '/etc/backup-syncd';
const [name] = process.argv.slice(2);
const { config } = await loadConfig(directory);
const listen = config?.clients.find((client) => client.name === name)?.listen ?? config?.listen;
if (listen === undefined) fail(`the configuration in ${directory} cannot be used`);

const url = `http://${addressOf(listen.host)}:${listen.port}/healthz`;
try {
  const { status } = await fetch(url, { signal: AbortSignal.timeout(5000) });
  if (status !== 200) fail(`${url} answered ${status}`);
} catch (error) {
  fail(`${url}: ${error.cause?.message ?? error.message}`);
}
process.exit(0);

/** All addresses of a machine are no address to connect to. */
function addressOf(host) {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
