import type { ClientReport } from '../../report/types.ts';
import { renderBackendCell, renderClientCell, renderSourceCell } from './cells.ts';
import { renderFindings } from './findings.ts';
import { html, type Html } from './html.ts';
import { SEVERITIES } from '../../report/words.ts';

/** Beyond these the table scrolls by itself. */
const WIDE = 5;

/** Clients by places, the worst first; below 760 pixels a card per client. */
export function renderMatrix(clients: readonly ClientReport[], now: number): Html {
  const places = backendNames(clients);
  return html`<div class="matrix${places.length > WIDE && ' wide'}">
    <table>
      <thead>
        <tr>
          <th scope="col">Client</th>
          <th scope="col">Source</th>
          ${places.map((place) => html`<th scope="col">${place}</th>`)}
        </tr>
      </thead>
      ${worstFirst(clients).map((client) => renderClient(client, places, now))}
    </table>
  </div>`;
}

function renderClient(client: ClientReport, places: readonly string[], now: number): Html {
  const findings = renderFindings(client);
  return html`<tbody class="client ${client.severity}" id="client-${client.client}">
    <tr>
      <th scope="row">${renderClientCell(client)}</th>
      <td data-place="Source">${renderSourceCell(client, now)}</td>
      ${places.map((place) => renderPlace(client, place, now))}
    </tr>
    ${
      findings &&
      html`<tr>
        <td class="wide" colspan="${places.length + 2}">${findings}</td>
      </tr>`
    }
  </tbody>`;
}

function renderPlace(client: ClientReport, place: string, now: number): Html {
  const backend = client.backends.find((candidate) => candidate.backend === place);
  return backend === undefined
    ? html`<td class="none" data-place="${place}"><span title="not configured">–</span></td>`
    : html`<td data-place="${place}">${renderBackendCell(backend, now)}</td>`;
}

/** Of all clients, in the order in which they are first met. */
function backendNames(clients: readonly ClientReport[]): string[] {
  return [...new Set(clients.flatMap(({ backends }) => backends.map(({ backend }) => backend)))];
}

function worstFirst(clients: readonly ClientReport[]): ClientReport[] {
  const rank = ({ severity }: ClientReport) => SEVERITIES.indexOf(severity);
  return clients.toSorted((a, b) => rank(a) - rank(b) || (a.client < b.client ? -1 : 1));
}
