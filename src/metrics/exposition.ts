import type { MetricKind } from './names.ts';

/** One series and its value; its labels as `formatLabels` writes them. */
export interface Sample {
  readonly labels: string;
  readonly value: number;
  /** `_bucket`, `_sum` or `_count` of a histogram */
  readonly suffix?: string;
}

export interface Family {
  readonly name: string;
  readonly help: string;
  readonly kind: MetricKind | 'histogram';
  /** one for each series, as `renderSamples` writes them; a family without any is left out */
  readonly lines: Buffer;
}

export type Format = 'text' | 'openmetrics';

export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/**
 * Families as a scrape. Written here and not by prom-client, whose registry knows one format only and takes six
 * times as long for values that are made anew at each scrape.
 */
export function renderExposition(families: Iterable<Family>, format: Format): Buffer {
  const parts: Buffer[] = [];
  for (const family of families) {
    if (family.lines.length > 0)
      parts.push(Buffer.from(renderHeader(family, format)), family.lines);
  }
  if (format === 'openmetrics') parts.push(Buffer.from('# EOF\n'));
  return Buffer.concat(parts);
}

function renderHeader({ name, help, kind }: Family, format: Format): string {
  const title = format === 'openmetrics' && kind === 'counter' ? name.replace(/_total$/, '') : name;
  const escaped = format === 'openmetrics' ? escapeLabel(help) : escapeHelp(help);
  return `# HELP ${title} ${escaped}\n# TYPE ${title} ${kind}\n`;
}

/**
 * One line for each sample of the family `name`; a number that is not finite is left out. Joined rather than added up:
 * what is kept and used again is then one string, and not the tree that V8 makes of a sum.
 */
export function renderSamples(name: string, samples: readonly Sample[]): string {
  const parts: (string | number)[] = [];
  for (const { labels, value, suffix = '' } of samples) {
    if (!Number.isFinite(value)) continue;
    parts.push(name, suffix);
    if (labels !== '') parts.push('{', labels, '}');
    parts.push(' ', value, '\n');
  }
  return parts.join('');
}

/** `client="a",backend="b"`, in the order of the keys; a label without a value is left out. */
export function formatLabels(
  labels: Readonly<Record<string, string | number | undefined>>,
): string {
  return Object.entries(labels)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `${name}="${escapeLabel(String(value))}"`)
    .join(',');
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}
