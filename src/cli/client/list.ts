import { hostname } from 'node:os';
import { placeTraits } from '../../kinds/traits.ts';
import type { Config, Listen } from '../../config/types.ts';
import { disabledState } from '../../client/disabled-state.ts';
import { toDocument } from '../../report/document.ts';
import { describeDisabled } from '../../report/in-words.ts';
import type { ClientReport, Picture } from '../../report/types.ts';
import { clientStatus } from '../../report/words.ts';
import { findRunit } from '../../runit/tree.ts';
import { formatDuration } from '../../runtime/units.ts';
import { collectReports } from '../collect-reports.ts';
import type { Context } from '../context.ts';
import { readEditable, type Editable } from '../editable.ts';
import { EXIT } from '../exit-error.ts';
import type { Globals } from '../run-command.ts';
import { servicesOf } from './shown-services.ts';
import { toned, type Line, type Piece } from '../render/line.ts';
import { renderDiscovery } from '../render/discovery.ts';
import { mark } from '../render/mark.ts';
import { renderPauses } from '../render/pause.ts';
import { fitTable } from '../render/table.ts';

export interface ListOptions extends Globals {
  readonly format: 'table' | 'json' | 'prometheus-sd';
}

/** `client list`: all configured clients, also those that are disabled or refused. */
export async function listClients(context: Context, options: ListOptions): Promise<number> {
  const editable = await readEditable(context, options.configDir);
  if (options.format === 'prometheus-sd') {
    const hasRunit = (await findRunit(editable.root)) !== undefined;
    context.json(targetsOf(editable.config, hasRunit));
    return EXIT.ok;
  }
  const { discovery } = editable.config;
  const { picture } = await collectReports(context, { ...options, clients: [] });
  const services = await servicesOf(editable);
  const rows = describe(editable, picture, context.clock.now()).map((row) => ({
    ...row,
    ...services.get(row.client),
  }));
  if (options.format === 'json') {
    context.json({
      schemaVersion: 1,
      clients: rows.map(({ row: _, ...rest }) => toDocument(rest)),
      ...(discovery !== undefined && { discovery }),
    });
    return EXIT.ok;
  }
  const header = HEADER.map((text) => toned(text, 'soft'));
  const table = [header, ...rows.map(({ row }) => row)];
  const lines: Line[] =
    rows.length === 0
      ? ['no client is configured yet; to add one, run: backup-syncd client add NAME --source PATH']
      : fitTable(table, { width: context.width(), spare: [3, 2] });
  for (const line of [...lines, ...renderPauses(picture.clients, context.width())])
    context.out(line);
  for (const line of renderDiscovery(discovery)) context.out(line);
  for (const line of [...services.values()].flatMap(({ disagreement }) => disagreement ?? []))
    context.out(line);
  return EXIT.ok;
}

const HEADER = ['CLIENT', 'STATE', 'SNAPSHOTS', 'BACKENDS', 'SOURCE'];

interface Row {
  readonly client: string;
  /** absent for a discovered client */
  readonly file?: string;
  readonly isDiscovered?: true;
  readonly state: string;
  readonly row: readonly Piece[];
}

function describe({ config, loaded }: Editable, picture: Picture, now: number): Row[] {
  const reports = new Map(picture.clients.map((report) => [report.client, report]));
  const running = config.clients.map((each) => {
    const { name: client, file, source, expect, backends, isDiscovered } = each;
    const { state, shown, pause } = stateOf(reports.get(client));
    const names = backends.map(({ name }) => name);
    const { label } = placeTraits(source);
    const { snapshotEveryMs } = expect;
    const every = snapshotEveryMs === null ? 'off' : `every ${formatDuration(snapshotEveryMs)}`;
    const where = isDiscovered === true ? `${label} (discovered)` : label;
    const row = [client, shown, every, names.join(', ') || '-', where];
    const origin: Pick<Row, 'file' | 'isDiscovered'> = isDiscovered ? { isDiscovered } : { file };
    return {
      client,
      ...origin,
      state,
      ...(pause !== undefined && { pause }),
      source: label,
      backends: names,
      snapshotEveryMs,
      row,
    };
  });
  const disabled = config.disabled.map((client) => {
    const { file, name } = client;
    const state = disabledState(client);
    const words = toned(describeDisabled(state, now), 'soft');
    return {
      ...state,
      file,
      state: 'disabled',
      row: [name, toned('disabled', 'soft'), '', '', words],
    };
  });
  const refused = [...loaded.clientProblems].map(([client, [problem]]) => {
    const { file = '', message = '' } = problem ?? {};
    const row = [client, toned('REFUSED', 'warning'), '', '', 'run: backup-syncd check-config'];
    return { client, file, state: 'refused', message, row };
  });
  return [...running, ...disabled, ...refused].sort((a, b) => (a.client < b.client ? -1 : 1));
}

/** The state of a client in the list. A paused client without a problem is `paused`. */
function stateOf(report: ClientReport | undefined) {
  if (report === undefined) return { state: 'unknown', shown: mark('unknown') };
  const { severity, pause } = report;
  const state = clientStatus(report).words;
  const shown = state === severity ? mark(severity) : toned(state, 'soft');
  return { state, shown, pause };
}

interface Target {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * The addresses to scrape, for file_sd_configs or http_sd_configs: that of the daemon, and those of clients with one of their own. With
 * runit, only daemons of clients run.
 */
function targetsOf({ clients, listen }: Config, hasRunit: boolean): Target[] {
  const own = clients.flatMap((client) => (client.listen === undefined ? [] : [client]));
  const shared = clients.length > own.length || (clients.length === 0 && !hasRunit);
  return [
    ...(shared ? targetAt(listen) : []),
    ...own.flatMap(({ name, listen: at = listen }) => targetAt(at, name)),
  ];
}

/** The target of an address; none for port 0, which is only known once the daemon runs. */
function targetAt({ host, port }: Listen, client?: string): Target[] {
  if (port === 0) return [];
  const labels = client === undefined ? {} : { __meta_backup_syncd_client: client };
  return [{ targets: [`${hostOf(host)}:${port}`], labels }];
}

function hostOf(address: string): string {
  if (address === '0.0.0.0' || address === '::') return hostname();
  return address.includes(':') ? `[${address}]` : address;
}
