import type { Intervention } from '../../report/types.ts';
import { formatLocal } from '../../runtime/local-time.ts';
import { html, type Html } from './html.ts';
import { renderAge, renderTable } from './table.ts';

/**
 * The last actions of people on a client: acknowledgements, announcements and pauses, the newest first. Empty if there are none.
 */
export function renderInterventions(done: readonly Intervention[], now: number): Html | undefined {
  if (done.length === 0) return undefined;
  return html`<section>
    <h2>Acknowledgements and pauses</h2>
    ${renderTable(
      ['When', 'By', 'What', 'Reason'],
      done.map((one) => renderIntervention(one, now)),
      'list stacked',
    )}
  </section>`;
}

function renderIntervention(one: Intervention, now: number): Html {
  return html`<tr>
    <td>${renderAge(one.at, Math.max(now, one.at))}</td>
    <td>${one.by}</td>
    <td class="text">${interventionInWords(one)}</td>
    <td class="text">${one.reason}</td>
  </tr>`;
}

/** `paused nas until Fri 2026-12-04 18:00 +01:00`, `acknowledged: 3 of 40 packs have vanished`. */
function interventionInWords({ what, backend, endsAt, message }: Intervention): string {
  const of = backend ?? 'the client';
  const until = endsAt === undefined ? '' : ` until ${formatLocal(endsAt)}`;
  switch (what) {
    case 'paused':
      return `paused ${of}${until}`;
    case 'resumed':
      return `resumed ${of}`;
    case 'announced':
      return `announced removals${until}`;
    case 'acknowledged':
      return `acknowledged: ${message ?? ''}`;
  }
}
