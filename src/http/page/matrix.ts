import { describeDisabled } from '../../report/in-words.ts';
import type { Selection } from '../../report/select.ts';
import type { BackendState, ClientReport, DisabledState, Finding } from '../../report/types.ts';
import { backendStatus, clientStatus, sourceStatus } from '../../report/words.ts';
import { renderBackendCell, renderClientCell, renderSourceCell, renderStatus } from './cells.ts';
import { linkTo } from './groups.ts';
import { html, type Html } from './html.ts';

/** A table with more columns scrolls. */
const WIDE = 5;

/** Clients by places, with one line for each client that is well. Below 760 pixels, a list with only the places that have problems. */
export function renderMatrix(
  { clients, disabled }: Pick<Selection, 'clients' | 'disabled'>,
  now: number,
): Html {
  const places = backendNames(clients);
  return html`<div class="matrix clients${places.length > WIDE && ' wide'}">
    <table>
      <thead>
        <tr>
          <th scope="col">Client</th>
          <th scope="col">Source</th>
          ${places.map((place) => html`<th scope="col">${place}</th>`)}
        </tr>
      </thead>
      ${clients.map((client) => renderClient(client, places, now))}
      ${disabled.map((client) => renderDisabled(client, places.length + 1, now))}
    </table>
  </div>`;
}

function renderClient(client: ClientReport, places: readonly string[], now: number): Html {
  return html`<tbody class="client ${clientStatus(client).tone}" id="client-${client.client}">
    <tr>
      <th scope="row">${renderClientCell(client, now)}</th>
      <td class="${isSourceSpare(client) && 'spare'}" data-place="source">
        ${renderSourceCell(client, now)}
      </td>
      ${places.map((place) => renderPlace(client, place, now))}
    </tr>
  </tbody>`;
}

function renderDisabled(client: DisabledState, columns: number, now: number): Html {
  return html`<tbody class="client unknown" id="client-${client.client}">
    <tr>
      <th scope="row">
        <p class="line">
          ${linkTo(client.client)} ${renderStatus({ words: 'disabled', tone: 'unknown' })}
        </p>
      </th>
      <td colspan="${columns}"><p class="note">${describeDisabled(client, now)}</p></td>
    </tr>
  </tbody>`;
}

function renderPlace(client: ClientReport, place: string, now: number): Html {
  const backend = client.backends.find((candidate) => candidate.backend === place);
  return backend === undefined
    ? html`<td class="none" data-place="${place}"><span title="not configured">–</span></td>`
    : html`<td class="${isSpare(backend, client) && 'spare'}" data-place="${place}">
        ${renderBackendCell(backend, now, client.pause)}
      </td>`;
}

/** A narrow screen hides the cell: the place is well, or its problem is listed above, by cause. */
function isSpare(backend: BackendState, client: ClientReport): boolean {
  const hasFinding = client.findings.some((finding) => finding.backend === backend.backend);
  const isPaused = client.pause !== undefined && backend.pause === client.pause; // it says so itself
  const waitsForSource = backend.state === 'idle' && backend.lagMs === undefined;
  return (
    backendStatus(backend).tone === 'ok' ||
    isPaused ||
    hasFinding ||
    (waitsForSource && isSourceSpare(client))
  );
}

function isSourceSpare(client: ClientReport): boolean {
  const isSourceFinding = ({ kind }: Finding) =>
    kind.startsWith('source_') || kind === 'snapshot_overdue';
  return sourceStatus(client).tone === 'ok' || client.findings.some(isSourceFinding);
}
/** The backends of all clients, in order of first appearance. */
function backendNames(clients: readonly ClientReport[]): string[] {
  return [...new Set(clients.flatMap(({ backends }) => backends.map(({ backend }) => backend)))];
}
