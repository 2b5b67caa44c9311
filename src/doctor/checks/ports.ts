import { createServer } from 'node:net';
import * as z from 'zod/mini';
import { listenUrl } from '../../config/listen-url.ts';
import type { Listen } from '../../config/types.ts';
import { packageVersion } from '../../runtime/package-files.ts';
import { errorCode } from '../../runtime/system-error.ts';
import type { Check } from '../check.ts';
import { fetchJson, fetchText, NoAnswerError } from '../fetch-json.ts';
import type { Judgement } from '../finding.ts';
import { findServiceHints, type ServiceHints } from '../service-hints.ts';

/** An address where a daemon of this configuration listens or will listen, and what is there. */
export interface Port {
  readonly listen: Listen;
  /** absent: nothing answers there, or something else does */
  readonly daemon?: { readonly clients: readonly string[]; readonly version: string | undefined };
  /** something else answers there */
  readonly isTaken?: true;
  /** nothing listens there, but listening is not possible: an error code */
  readonly refused?: string;
}

/** Whether the address of page and metrics is free, or is that of the running daemon. */
export const ports: Check = {
  name: 'ports',
  run: async ({ config, units }, signal) => {
    if (config === undefined) return [];
    const running = units.flatMap((unit) => (unit.daemon === 'runs' ? [unit.client] : []));
    const own = config.clients.flatMap(({ name, listen }) =>
      listen !== undefined && running.includes(name) ? [listen] : [],
    );
    const listens = own.length > 0 && own.length === units.length ? own : [config.listen, ...own];
    const fixed = listens.filter(({ port }) => port !== 0); // 0: any free port
    const found = await Promise.all(fixed.map((listen) => examinePort(listen, signal)));
    return judgePorts(found, running, await findServiceHints(config));
  },
};

const Document = z.object({
  schemaVersion: z.literal(1),
  clients: z.array(z.object({ client: z.string() })),
});

async function examinePort(listen: Listen, signal: AbortSignal): Promise<Port> {
  const base = listenUrl(listen);
  try {
    const { body } = await fetchJson(new URL('api/status', base), signal);
    const status = Document.safeParse(body);
    if (!status.success) return { listen, isTaken: true };
    const clients = status.data.clients.map(({ client }) => client);
    return { listen, daemon: { clients, version: await versionAt(base, signal) } };
  } catch (error) {
    if (!(error instanceof NoAnswerError) || !error.isRefused) return { listen, isTaken: true };
    const refused = await tryToListen(listen);
    return refused === undefined ? { listen } : { listen, refused };
  }
}

async function versionAt(base: string, signal: AbortSignal): Promise<string | undefined> {
  const { text } = await fetchText(new URL('metrics', base), signal);
  return /^backup_syncd_build_info\{version="([^"]*)"/m.exec(text)?.[1];
}

/** Listens for an instant, and returns the code of the error when that is not possible. */
async function tryToListen(listen: Listen): Promise<string | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', (error) => resolve(errorCode(error)));
    server.listen(listen, () => server.close(() => resolve(undefined)));
  });
}

const REFUSED: Readonly<Record<string, readonly [message: string, hint: string]>> = {
  EACCES: [
    'only root may listen there',
    'set `listen` in backup-syncd.yaml to a port of 1024 or above',
  ],
  EADDRNOTAVAIL: [
    'this machine does not have that address',
    'set `listen` in backup-syncd.yaml to one that it has, such as 127.0.0.1:10987',
  ],
};

/** Pure. @param running the clients that a daemon runs */
export function judgePorts(
  ports: readonly Port[],
  running: readonly string[],
  service: ServiceHints,
): readonly Judgement[] {
  const shown = new Set(ports.flatMap(({ daemon }) => daemon?.clients ?? []));
  const hidden = ports.length === 0 ? [] : running.filter((client) => !shown.has(client));
  return [
    ...ports.map((port) => judgePort(port, service)),
    ...hidden.map((client): Judgement => ({
      severity: 'error',
      client,
      message: 'a daemon runs it, but its metrics are not at the configured address',
      hint: `the daemon listens where \`listen\` said when it started; ${service.restart(client)}`,
    })),
  ];
}

function judgePort({ listen, daemon, isTaken, refused }: Port, service: ServiceHints): Judgement {
  const { host, port } = listen;
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  if (isTaken === true || refused === 'EADDRINUSE')
    return {
      severity: 'error',
      message: `another program listens at ${address}`,
      hint: `stop it, or set \`listen\` in backup-syncd.yaml to another port; to see which one it is, as root, run: ss -ltnp 'sport = :${port}'`,
    };
  if (refused !== undefined) {
    const [message, hint] = REFUSED[refused] ?? [refused, 'set `listen` in backup-syncd.yaml'];
    return { severity: 'error', message: `${address}: ${message}`, hint };
  }
  if (daemon === undefined) return { severity: 'ok', message: `${address} is free` };
  const current = packageVersion();
  if (daemon.version === current)
    return { severity: 'ok', message: `the daemon answers at ${address}` };
  return {
    severity: 'warning',
    message: `the daemon at ${address} is version ${daemon.version ?? 'unknown'}, and this program is ${current}`,
    hint: service.restart(daemon.clients[0] ?? 'NAME'),
  };
}
