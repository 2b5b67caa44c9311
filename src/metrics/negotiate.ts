import type { Format } from './exposition.ts';

interface MediaRange {
  readonly type: string;
  readonly version: string | undefined;
  readonly quality: number;
}

/** OpenMetrics 1.0.0 only when the header asks for it at least as much as for plain text. */
export function negotiateFormat(accept: string | undefined): Format {
  const ranges = (accept ?? '').split(',').map(parseRange);
  const openMetrics = best(ranges, isOpenMetrics);
  const text = best(ranges, ({ type }) => TEXT.has(type));
  return openMetrics > 0 && openMetrics >= text ? 'openmetrics' : 'text';
}

const TEXT = new Set(['text/plain', 'text/*', '*/*']);

function isOpenMetrics({ type, version }: MediaRange): boolean {
  return type === 'application/openmetrics-text' && (version === undefined || version === '1.0.0');
}

function best(ranges: readonly MediaRange[], matches: (range: MediaRange) => boolean): number {
  return Math.max(0, ...ranges.filter(matches).map(({ quality }) => quality));
}

function parseRange(text: string): MediaRange {
  const [type = '', ...rest] = text.split(';').map((part) => part.trim().toLowerCase());
  const parameters = new Map(rest.map(parseParameter));
  const quality = Number(parameters.get('q') ?? 1);
  return {
    type,
    version: parameters.get('version'),
    quality: quality >= 0 && quality <= 1 ? quality : 0,
  };
}

function parseParameter(text: string): [string, string] {
  const [name = '', value = ''] = text.split('=').map((part) => part.trim());
  return [name, value.replace(/^"(.*)"$/, '$1')];
}
