import type { Severity } from '../../report/types.ts';
import { formatAgo } from '../../runtime/units.ts';
import { toned, wrap, type Line, type Toned } from './line.ts';

const MARK = { ok: 'ok', warning: 'WARNING', critical: 'CRITICAL', unknown: 'UNKNOWN' } as const;

export function mark(severity: Severity): Toned {
  return toned(MARK[severity], severity);
}

/** A text that begins with its severity. */
export function marked(
  severity: Severity,
  text: string,
  { width, indent = '' }: { readonly width: number; readonly indent?: string },
): Line[] {
  const sign = mark(severity);
  const room = width - indent.length - INDENT.length;
  const [first = '', ...more] = wrap(`${sign.text} ${text}`, room);
  return [
    [indent, sign, first.slice(sign.text.length)],
    ...more.map((line) => `${indent}${INDENT}${line}`),
  ];
}

export function age(at: number | undefined, now: number): string {
  return at === undefined ? '-' : formatAgo(now - at);
}

export const INDENT = '  ';

export function indented(text: string, width: number): string[] {
  return wrap(text, width - INDENT.length).map((line) => `${INDENT}${line}`);
}
