import { parse, stringify } from 'yaml';
import type { Series } from './prometheus.ts';

/**
 * Half a minute that was a day: what a Prometheus saw of a daemon whose expectations were short, as it would have been
 * had all of it taken `factor` times as long. Times are moved, durations multiplied; counts and sizes stay.
 */
export interface Stretch {
  readonly factor: number;
  /** When it really began, and when it begins in the stretched day, in seconds. */
  readonly from: number;
  readonly to: number;
}

export function stretchTime({ factor, from, to }: Stretch, time: number): number {
  return to + (time - from) * factor;
}

function stretchValue(stretch: Stretch, name: string, value: number): number {
  const isTime = name.endsWith('_time_seconds') || name.endsWith('_timestamp_seconds');
  if (isTime || name === 'ALERTS_FOR_STATE') {
    return stretchTime(stretch, value);
  }
  const isOfOurs = name.startsWith('backup_syncd_'); // the process itself was as fast as it was
  return isOfOurs && name.endsWith('_seconds') ? value * stretch.factor : value;
}

/** Renders series as OpenMetrics, each sample with its time. */
export function stretchSeries(stretch: Stretch, all: readonly Series[]): string {
  const lines = all.flatMap(({ metric: { __name__: name = '', ...labels }, values }) => {
    const pairs = Object.entries(labels).map(
      ([label, value]) => `${label}=${JSON.stringify(value)}`,
    );
    return values.map(([time, value]) => {
      const at = stretchTime(stretch, time).toFixed(3);
      return `${name}{${pairs.join(',')}} ${stretchValue(stretch, name, Number(value))} ${at}`;
    });
  });
  return `${lines.join('\n')}\n# EOF\n`;
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

interface Rule {
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
}

/** A range holds some scrapes, also where one of them comes late. */
const LEAST_RANGE_MS = 1000;

/** Alert rules for the short day, of which the stretched one is made: every duration divided. */
export function shortenRules(factor: number, text: string): string {
  const shortenTo = (least: number, duration: string): string => {
    const seconds = Number.parseInt(duration, 10) * (SECONDS[duration.at(-1) ?? ''] ?? 1);
    return `${Math.max(least, Math.round((seconds / factor) * 1000))}ms`;
  };
  const shorten = (duration: string) => shortenTo(1, duration);
  const shortenExpr = (expr: string): string =>
    expr
      .replaceAll(/(?<=\[)\d+[smhd]/g, (range) => shortenTo(LEAST_RANGE_MS, range))
      .replaceAll(/(?<=offset )\d+[smhd]/g, shorten)
      .replaceAll(/(?<=[<>] )\d{4,}\b/g, (seconds) => String(Number(seconds) / factor));
  const { groups } = parse(text) as { groups: { rules: Rule[] }[] };
  const shortGroups = groups.map((group) => ({
    ...group,
    rules: group.rules.map((rule) => ({
      ...rule,
      expr: shortenExpr(rule.expr),
      ...(rule.for !== undefined && { for: shorten(rule.for) }),
      ...(rule.keep_firing_for !== undefined && { keep_firing_for: shorten(rule.keep_firing_for) }),
      annotations: {},
    })),
  }));
  return stringify({ groups: shortGroups });
}
