import { interventionInWords } from '../../report/interventions-in-words.ts';
import type { Intervention } from '../../report/types.ts';
import { formatAgo } from '../../runtime/units.ts';
import { html, type Html } from './html.ts';

/** What people did to a client lately: acknowledgements, announcements and pauses, the newest first. Nothing if there is none. */
export function renderInterventions(done: readonly Intervention[], now: number): Html | undefined {
  if (done.length === 0) return undefined;
  return html`<section>
    <h2>Acknowledgements and pauses</h2>
    <div class="matrix wide">
      <table class="list stacked">
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">By</th>
            <th scope="col">What</th>
            <th scope="col">Reason</th>
          </tr>
        </thead>
        <tbody>
          ${done.map((one) => renderIntervention(one, now))}
        </tbody>
      </table>
    </div>
  </section>`;
}

function renderIntervention(one: Intervention, now: number): Html {
  const date = new Date(one.at);
  const iso = Number.isNaN(date.getTime()) ? '' : date.toISOString();
  return html`<tr>
    <td><time datetime="${iso}" title="${iso}">${formatAgo(Math.max(0, now - one.at))}</time></td>
    <td>${one.by}</td>
    <td class="text">${interventionInWords(one)}</td>
    <td class="text">${one.reason}</td>
  </tr>`;
}
