import type { Site } from './site.ts';

/** Everything that an operator can see at one time, in words that are the same each time. */
export interface Sight {
  readonly status: { readonly code: number | null; readonly lines: readonly string[] };
  /** its heading, then the problems; absent while nothing answers */
  readonly page?: readonly string[];
  readonly alerts: readonly SeenAlert[];
  /** alerts that fire and are not sent, since another one says why */
  readonly muted: readonly string[];
}

/** Everything that is seen at a stop. */
export interface Seen extends Sight {
  readonly metrics: readonly string[];
}

export interface SeenAlert {
  readonly alert: string;
  readonly severity: string;
  readonly receiver: string;
  /** clients, and backends if it is about them; else the instance; none for a daemon's configuration */
  readonly of: readonly string[];
  /** of the first one */
  readonly description: string;
}

export async function look(site: Site): Promise<Sight> {
  const [status, page, alerts] = await Promise.all([
    seeStatus(site),
    seePage(site),
    seeAlerts(site),
  ]);
  return { status, ...(page && { page }), ...alerts };
}

async function seeStatus(site: Site): Promise<Sight['status']> {
  const { code, stdout, stderr } = await site.run('status');
  const blocks = normalise(site, `${stdout}${stderr}`.trimEnd()).split('\n\n');
  // the table of clients has ages, and is as wide as they are
  const lines = blocks
    .filter((block) => !block.startsWith('CLIENT'))
    .flatMap((block) => block.split('\n'))
    .filter((line) => !/ acknowledged .* ago: /.test(line)); // of an earlier stop, for a month
  return { code, lines };
}

async function seePage(site: Site): Promise<string[] | undefined> {
  const text = await site.daemon.get('/').catch(() => undefined);
  if (text === undefined) return undefined;
  const heading = /<h1>(.*?)<\/h1>/s.exec(text)?.[1] ?? '';
  const [, list = ''] = /<ul class="findings groups">(.*?)<\/ul>/s.exec(text) ?? [];
  const items = [...list.matchAll(/<li>(.*?)<\/li>/gs)].map(([, item = '']) => item);
  return [heading, ...items].map((html) => normalise(site, textOf(html)));
}

function textOf(html: string): string {
  return html
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(' : ', ': ')
    .trim();
}

interface HeldAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly receivers: readonly { readonly name: string }[];
  readonly status: { readonly inhibitedBy: readonly string[] };
}

export async function seeAlerts(site: Site): Promise<Pick<Sight, 'alerts' | 'muted'>> {
  const answer = await fetch(`http://${site.alertmanager}/api/v2/alerts`);
  const held = ((await answer.json()) as HeldAlert[]).filter(
    ({ labels }) => labels['alertname'] !== 'BackupWatchdog',
  );
  const isMuted = ({ status, receivers }: HeldAlert) =>
    status.inhibitedBy.length > 0 || receivers.every(({ name }) => name === 'nowhere');
  const alerts = new Map<string, HeldAlert[]>();
  for (const one of held.filter((each) => !isMuted(each))) {
    const key = `${one.labels['alertname']} ${one.labels['severity']}`;
    alerts.set(key, [...(alerts.get(key) ?? []), one]);
  }
  return {
    alerts: [...alerts]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([, all]) => summarise(site, all)),
    muted: [...new Set(held.filter(isMuted).map(({ labels }) => labels['alertname'] ?? ''))].sort(),
  };
}

function summarise(site: Site, all: readonly HeldAlert[]): SeenAlert {
  const sorted = [...all].sort((a, b) => subjectOf(a).localeCompare(subjectOf(b)));
  const [first] = sorted;
  return {
    alert: first?.labels['alertname'] ?? '',
    severity: first?.labels['severity'] ?? '',
    receiver: first?.receivers[0]?.name ?? '',
    of: sorted.map((one) => normalise(site, subjectOf(one))).filter((one) => one !== ''),
    description: normalise(site, first?.annotations['description'] ?? ''),
  };
}

function subjectOf({ labels: { client, backend, instance } }: HeldAlert): string {
  return [client, backend].filter((part) => part !== undefined).join(' → ') || (instance ?? '');
}

/** Without what differs from run to run: places, ports, processes, times, ids. */
function normalise(site: Site, text: string): string {
  return text
    .replaceAll(`${site.root}/etc`, '/etc/backup-syncd')
    .replaceAll(`${site.root}/state`, '/var/lib/backup-syncd')
    .replaceAll(`${site.root}/run`, '/run/backup-syncd')
    .replaceAll(site.root, '')
    .replaceAll(site.address, '127.0.0.1:10987')
    .replaceAll(/\b[0-9a-f]{2}\/[0-9a-f]{64}\b/g, 'ab/abcd…')
    .replaceAll(/\b[0-9a-f]{64}\b/g, 'abcd…')
    .replaceAll(/process \d+/g, 'process 1234')
    .replaceAll(/(?<![-\w])[<~]?\d+(\.\d+)?(ms|s|m|h|d)\b( \d+(\.\d+)?(ms|s|m|h)\b)*/g, '…');
}
