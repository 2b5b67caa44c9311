import { plural } from '../../runtime/plural.ts';
import type { Judgement } from '../finding.ts';
import type { Target } from './answers.ts';

export interface Scraping {
  readonly targets: readonly Target[];
  /** the labels of backup_syncd_client_enabled, as Prometheus has them */
  readonly series: readonly Readonly<Record<string, string>>[];
  /** those that are configured and enabled */
  readonly clients: readonly string[];
  /** where the daemon listens */
  readonly port: number | undefined;
}

/** The rules select by it. */
const JOB = 'backup-syncd';

/** Whether Prometheus scrapes the daemon, in a job that the rules know, and has the metrics of every client. Pure. */
export function judgeScraping(scraping: Scraping): readonly Judgement[] {
  const found = scraping.targets.filter(({ labels }) => (labels['job'] ?? '').startsWith(JOB));
  if (found.length === 0) return [judgeNoTarget(scraping)];
  const down = found.filter(({ health }) => health !== 'up');
  const bad = down.map(({ scrapeUrl, health, lastError = '' }): Judgement =>
    health === 'unknown'
      ? { severity: 'unknown', message: `it has not scraped ${plainUrl(scrapeUrl)} yet` }
      : {
          severity: 'error',
          message: `it cannot scrape ${plainUrl(scrapeUrl)}: ${withoutUrl(lastError)}`,
          hint: "start the daemon, or correct the target in prometheus.yml; the findings about 'ports' say where the daemon listens",
        },
  );
  if (bad.length === found.length) return bad;
  const up = plural(found.length - bad.length, 'target');
  const fine: Judgement = { severity: 'ok', message: `it scrapes ${up} of backup-syncd` };
  return [fine, ...bad, ...judgeSeries(scraping)];
}

function judgeNoTarget({ targets, port }: Scraping): Judgement {
  const other = targets.find(({ scrapeUrl }) => port !== undefined && portOf(scrapeUrl) === port);
  if (other !== undefined)
    return {
      severity: 'error',
      message: `its job ${other.labels['job'] ?? ''} scrapes ${plainUrl(other.scrapeUrl)}, and the rules need a job whose name begins with backup-syncd`,
      hint: 'change job_name in prometheus.yml to backup-syncd, and reload Prometheus',
    };
  return {
    severity: 'error',
    message:
      'it has no job whose name begins with backup-syncd, so it knows nothing of the backups',
    hint: 'add the job to scrape_configs in prometheus.yml as docs/monitoring.md shows, and reload Prometheus',
  };
}

function judgeSeries({ series, clients }: Scraping): Judgement[] {
  const known = new Set(series.map(({ client }) => client));
  const renamed = new Set(series.flatMap(({ exported_client: name }) => name ?? []));
  return clients.flatMap((client): Judgement[] => {
    if (renamed.has(client))
      return [
        {
          severity: 'error',
          client,
          message:
            'Prometheus has renamed its label client to exported_client, which no rule reads',
          hint: 'add honor_labels: true to the job in prometheus.yml, and reload Prometheus',
        },
      ];
    if (known.has(client)) return [];
    return [
      {
        severity: 'error',
        client,
        message: 'Prometheus has no metrics of this client',
        hint: 'add the daemon that runs it to the targets in prometheus.yml; a new client is there after the next scrape',
      },
    ];
  });
}

function portOf(address: string): number | undefined {
  return URL.canParse(address) ? Number(new URL(address).port) : undefined;
}

/** Leaves out user, password and parameters, which may be secret. */
export function plainUrl(address: string): string {
  if (!URL.canParse(address)) return 'a target';
  const { protocol, host, pathname } = new URL(address);
  return `${protocol}//${host}${pathname}`;
}

/** An error of Prometheus quotes the address, with its parameters. */
function withoutUrl(message: string): string {
  return message.replaceAll(/"https?:[^"]*"/g, '…').slice(0, 300);
}
