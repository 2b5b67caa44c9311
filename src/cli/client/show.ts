import { textOfDiscovered } from '../../config/discover/discover.ts';
import { DAEMON_FILE } from '../../config/parse.ts';
import { formatProblem } from '../../config/problem.ts';
import type { ConfigFile } from '../../config/types.ts';
import { listSettings, type Setting } from '../../config/settings.ts';
import { toDocument } from '../../report/document.ts';
import { describeDisabled } from '../../report/in-words.ts';
import { collectReports, type CollectedReports } from '../collect-reports.ts';
import { requireClient } from '../configured.ts';
import type { Context } from '../context.ts';
import {
  asEnabled,
  clientFileOf,
  discoveredClient,
  readEditable,
  requireName,
  type Editable,
} from '../editable.ts';
import { EXIT } from '../exit-error.ts';
import type { Globals } from '../run-command.ts';
import { servicesOf, type ShownServices } from './shown-services.ts';
import { renderClient } from '../render/client.ts';
import { toned, type Line } from '../render/line.ts';
import { renderPauses } from '../render/pause.ts';
import { renderServices } from '../render/services.ts';
import { noDaemonMessage } from '../render/remembered.ts';
import { fitTable } from '../render/table.ts';

export interface ShowOptions extends Globals {
  readonly client: string;
  readonly json?: boolean;
}

/** `client show`: the merged configuration of one client, where each value is written, its places and its state. */
export async function showClient(context: Context, options: ShowOptions): Promise<number> {
  const { client: name } = options;
  requireName(name);
  const editable = await readEditable(context, options.configDir);
  const { read, loaded } = editable;
  const client = fileOf(editable, name);
  if (client === undefined) requireClient(editable, name);
  const daemon = read.files.find(({ path }) => path === DAEMON_FILE);
  const file = client ?? { path: clientFileOf(name), text: '' };
  const built = discoveredClient(editable.config, name) ?? asEnabled(editable, name);
  const settings = listSettings({ name, client: file, daemon }, built);
  const problems = (loaded.clientProblems.get(name) ?? []).map(formatProblem);
  const seen = await collectReports(context, { ...options, clients: [name] });
  const services = (await servicesOf(editable)).get(name);
  const view: View = { settings, problems, seen, services };
  if (options.json === true) context.json(documentOf(editable, name, view));
  else {
    for (const line of render(context, view)) context.out(line);
    for (const problem of problems) context.err(problem);
  }
  return problems.length > 0 ? EXIT.configuration : EXIT.ok;
}

/** The file that the client's own values come from. */
function fileOf({ read, config }: Editable, name: string): ConfigFile | undefined {
  const found = discoveredClient(config, name);
  return found === undefined
    ? read.files.find(({ path }) => path === clientFileOf(name))
    : { path: DISCOVERED, text: textOfDiscovered({ name, directory: found.file }) };
}

/** The origin of the source of a client without a file. */
const DISCOVERED = 'discovered';

interface View {
  readonly settings: readonly Setting[];
  readonly problems: readonly string[];
  readonly seen: CollectedReports;
  readonly services: ShownServices | undefined;
}

function documentOf({ config }: Editable, name: string, view: View) {
  const { settings, problems, seen, services } = view;
  const { picture, origins } = seen;
  const [report] = picture.clients;
  const [disabled] = picture.disabled ?? [];
  const isDiscovered = discoveredClient(config, name) !== undefined;
  return {
    schemaVersion: 1,
    client: name,
    ...(isDiscovered ? { isDiscovered } : { file: clientFileOf(name) }),
    directory: config.directory,
    enabled: disabled === undefined,
    settings,
    problems,
    ...services,
    ...(disabled !== undefined && { disabled: toDocument(disabled) }),
    ...(report !== undefined && {
      isRunning: origins.some(({ isRunning }) => isRunning),
      report: toDocument(report),
    }),
  };
}

function render({ width, clock }: Context, { settings, seen, services }: View): Line[] {
  const now = clock.now();
  const { picture, origins } = seen;
  const header = ['SETTING', 'VALUE', 'FROM'].map((text) => toned(text, 'soft'));
  const rows = settings.map((setting) => {
    const isDefault = setting.file === undefined;
    const cells = [setting.key, textOf(setting.value), whereOf(setting)];
    return isDefault ? cells.map((text) => toned(text, 'soft')) : cells;
  });
  const blocks: Line[][] = [
    ...(origins.some(({ isRunning }) => !isRunning) ? [[noDaemonMessage()]] : []),
    ...picture.clients.map((client) => [
      ...renderClient(client, { width: width(), now }),
      ...renderPauses([client], width()),
    ]),
    ...(picture.disabled ?? []).map((off): Line[] => [
      [toned(off.client, 'strong'), ` ${describeDisabled(off, now)}`],
    ]),
    ...(services === undefined ? [] : [renderServices(services)]),
    fitTable([header, ...rows], { width: width(), spare: [] }),
  ];
  return blocks.flatMap((block, i) => (i === 0 ? block : ['', ...block]));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function whereOf({ file, line }: Setting): string {
  if (file === undefined) return 'default';
  return line === undefined || file === DISCOVERED ? file : `${file}:${line}`;
}
