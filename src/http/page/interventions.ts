import { interventionInWords } from '../../report/interventions-in-words.ts';
import type { Intervention } from '../../report/types.ts';
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
