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
  readonly samples: readonly Sample[];
}

export type Format = 'text' | 'openmetrics';

export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/**
 * Families as a scrape. Written here and not by prom-client, whose registry knows one format only and takes five
 * times as long for values that are made anew at each scrape. A number that is not finite is left out.
 */
export function renderExposition(families: Iterable<Family>, format: Format): string {
  const parts: string[] = [];
  for (const family of families) {
    const samples = family.samples.filter(({ value }) => Number.isFinite(value));
    if (samples.length > 0) parts.push(renderFamily({ ...family, samples }, format));
  }
  return parts.join('') + (format === 'openmetrics' ? '# EOF\n' : '');
}

function renderFamily({ name, help, kind, samples }: Family, format: Format): string {
  const title = format === 'openmetrics' && kind === 'counter' ? name.replace(/_total$/, '') : name;
  const escapedHelp = format === 'openmetrics' ? escapeLabel(help) : escapeHelp(help);
  let text = `# HELP ${title} ${escapedHelp}\n# TYPE ${title} ${kind}\n`;
  for (const { labels, value, suffix = '' } of samples) {
    text +=
      labels === '' ? `${name}${suffix} ${value}\n` : `${name}${suffix}{${labels}} ${value}\n`;
  }
  return text;
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
