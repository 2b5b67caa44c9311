// The HTTP API of Prometheus -> data frames, as Grafana's data source makes them (which is AGPL; this is not it).
import { createDataFrame, FieldType, type DataFrame, type Field } from '@grafana/data';

export interface Context {
  readonly from: number;
  readonly to: number;
  readonly vars: Record<string, string>;
  readonly scrapeSeconds: number;
}

type Labels = Record<string, string>;
type Point = [number, string];

const UNITS: Record<string, number> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  y: 31_536_000,
};
const STEPS = [
  1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10_800, 21_600, 43_200,
  86_400,
];
const MAX_POINTS = 600;

export function interpolate(text: string, vars: Record<string, string>): string {
  return text.replace(
    /\$\{(\w+)(?::\w+)?\}|\$(\w+)|\[\[(\w+)\]\]/g,
    (whole, a, b, c) => vars[a ?? b ?? c] ?? whole,
  );
}

export function parseSeconds(duration: string): number {
  return [...duration.matchAll(/(\d+)(ms|[smhdwy])/g)].reduce(
    (sum, [, count, unit = 's']) => sum + Number(count) * (UNITS[unit] ?? 0),
    0,
  );
}

export function labelValues(context: Context, metric: string | undefined, label: string) {
  const time = { start: String(context.from / 1000), end: String(context.to / 1000) };
  return ask(`label/${label}/values`, {
    ...time,
    ...(metric !== undefined && { 'match[]': metric }),
  }) as Promise<string[]>;
}

async function ask(path: string, parameters: Record<string, string>): Promise<unknown> {
  const response = await fetch(`/prometheus/api/v1/${path}?${new URLSearchParams(parameters)}`);
  const answer = await response.json();
  if (answer.status !== 'success') throw new Error(`${answer.errorType}: ${answer.error}`);
  return answer.data;
}

export async function runTarget(target: any, panel: any, context: Context): Promise<DataFrame[]> {
  const span = (context.to - context.from) / 1000;
  const least = parseSeconds(interpolate(target.interval ?? panel.interval ?? '', context.vars));
  const wished = span / (panel.maxDataPoints ?? MAX_POINTS);
  const nice = STEPS.find((step) => step >= wished * 0.75) ?? 86_400;
  const step = Math.max(nice, least || context.scrapeSeconds);
  const expr = interpolate(target.expr, {
    ...context.vars,
    __interval: `${step}s`,
    __rate_interval: `${Math.max(step + context.scrapeSeconds, 4 * context.scrapeSeconds)}s`,
    __range: `${span}s`,
  });
  const query = { target, panel, expr, step };
  return target.instant === true && target.range !== true
    ? runInstant(query, context)
    : runRange(query, context);
}

interface Query {
  readonly target: any;
  readonly panel: any;
  readonly expr: string;
  readonly step: number;
}

async function runInstant(query: Query, context: Context): Promise<DataFrame[]> {
  const { target, expr } = query;
  const data: any = await ask('query', { query: expr, time: String(context.to / 1000) });
  const isVector = data.resultType === 'vector';
  const vector: { metric: Labels; value: Point }[] = isVector
    ? data.result
    : [{ metric: {}, value: data.result }];
  if (target.format === 'table') return [tableFrame(query, vector)];
  return vector.map(({ metric, value }) => seriesFrame(query, metric, [value]));
}

async function runRange(query: Query, context: Context): Promise<DataFrame[]> {
  const { expr, step } = query;
  const align = (time: number) => String(Math.floor(time / 1000 / step) * step); // as Grafana does
  const data: any = await ask('query_range', {
    query: expr,
    start: align(context.from),
    end: align(context.to),
    step: String(step),
  });
  return data.result.map(({ metric, values }: { metric: Labels; values: Point[] }) =>
    seriesFrame(query, metric, values),
  );
}

function seriesFrame({ target, expr, step }: Query, labels: Labels, points: Point[]): DataFrame {
  const name = legend(target.legendFormat, labels, expr);
  return createDataFrame({
    refId: target.refId,
    ...(name !== '' && { name }),
    meta: { custom: { expr } },
    fields: [
      {
        name: 'Time',
        type: FieldType.time,
        config: { interval: step * 1000 },
        values: points.map(([time]) => time * 1000),
      },
      {
        name: 'Value',
        type: FieldType.number,
        labels,
        config: name === '' ? {} : { displayNameFromDS: name },
        values: points.map(([, value]) => toNumber(value)),
      },
    ],
  });
}

/** An empty answer has no fields at all. */
function tableFrame(
  { target, panel, expr }: Query,
  vector: { metric: Labels; value: Point }[],
): DataFrame {
  const labels = [...new Set(vector.flatMap(({ metric }) => Object.keys(metric)))].sort();
  const tables = panel.targets.filter(
    (other: any) => other.hide !== true && other.format === 'table',
  );
  const meta = { custom: { expr } };
  if (vector.length === 0) return createDataFrame({ refId: target.refId, meta, fields: [] });
  return createDataFrame({
    refId: target.refId,
    meta,
    fields: [
      {
        name: 'Time',
        type: FieldType.time,
        config: {},
        values: vector.map(({ value }) => value[0] * 1000),
      },
      ...labels.map((label) => ({
        name: label,
        type: FieldType.string,
        config: { filterable: true },
        values: vector.map(({ metric }) => metric[label] ?? ''),
      })),
      {
        name: tables.length > 1 ? `Value #${target.refId}` : 'Value',
        type: FieldType.number,
        config: {},
        values: vector.map(({ value }) => toNumber(value[1])),
      },
    ] as Field[],
  });
}

function legend(format: string | undefined, labels: Labels, expr: string): string {
  if (format === '__auto') return Object.keys(labels).length > 0 ? '' : expr;
  if (format) return format.replace(/\{\{\s*(.+?)\s*\}\}/g, (_, label) => labels[label] ?? '');
  const { __name__ = '', ...rest } = labels;
  const pairs = Object.entries(rest).map(([label, value]) => `${label}="${value}"`);
  if (pairs.length > 0) return `${__name__}{${pairs.join(', ')}}`;
  return __name__ === '' ? expr : __name__;
}

function toNumber(value: string): number {
  if (value === '+Inf') return Infinity;
  return value === '-Inf' ? -Infinity : Number(value);
}
