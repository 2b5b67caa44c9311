import type { Severity } from '../../report/types.ts';
import { html, type Html } from './html.ts';

const COLOURS: Readonly<Record<Severity, string>> = {
  ok: '#1a7f45',
  warning: '#c98a00',
  critical: '#c4281f',
  unknown: '#6b7480',
};

/** A dot in the colour of the worst client, for the tab. */
export function renderIcon(severity: Severity): Html {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="${COLOURS[severity]}"/></svg>`;
  return html`<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(svg)}" />`;
}
