import { formatAgo } from '../../runtime/units.ts';
import { html, type Html } from './html.ts';

/** A table with one row for each thing, such as a pass or a snapshot. */
export function renderTable(
  columns: readonly string[],
  rows: readonly Html[],
  style: 'list' | 'list stacked' = 'list',
): Html {
  return html`<div class="matrix wide">
    <table class="${style}">
      <thead>
        <tr>
          ${columns.map((column) => html`<th scope="col">${column}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

/** `2d ago`, with the time itself. */
export function renderAge(at: number, now: number): Html {
  const date = new Date(at);
  const iso = Number.isNaN(date.getTime()) ? '' : date.toISOString();
  return html`<time datetime="${iso}" title="${iso}">${formatAgo(now - at)}</time>`;
}
