import { countCopies, originOf } from '../../report/in-words.ts';
import type { SnapshotRow } from '../../report/types.ts';
import type { Tone } from '../../report/words.ts';
import { plural } from '../../runtime/plural.ts';
import { formatAgo } from '../../runtime/units.ts';
import { html, type Html } from './html.ts';

/** The number of newest snapshots to show; the command lists all. */
const MOST = 30;

type Place = SnapshotRow['places'][string];

const WORDS: Readonly<Record<Place, readonly [words: string, tone: Tone]>> = {
  complete: ['yes', 'ok'],
  unreachable: ['not reachable', 'warning'],
  missing: ['missing', 'warning'],
  unproven: ['unproven', 'unknown'],
  gone: ['–', 'unknown'],
  unknown: ['?', 'unknown'],
};

/** Which snapshot is where. */
export function renderSnapshots(client: string, rows: readonly SnapshotRow[], now: number): Html {
  const [first] = rows;
  if (first === undefined)
    return html`<section>
      <h2>Snapshots</h2>
      <p class="note">No snapshot has been seen yet.</p>
    </section>`;
  const places = Object.keys(first.places);
  const shown = rows.slice(0, MOST);
  const isDescribed = shown.some((row) => originOf(row) !== undefined);
  return html`<section>
    <h2>Snapshots</h2>
    <div class="matrix wide">
      <table class="list">
        <thead>
          <tr>
            <th scope="col">Snapshot</th>
            <th scope="col">Age</th>
            ${places.map((place) => html`<th scope="col">${place}</th>`)}
            <th scope="col">Copies</th>
            ${
              isDescribed &&
              html`<th scope="col">Host</th>
                <th scope="col">Paths</th>`
            }
          </tr>
        </thead>
        <tbody>
          ${shown.map((row) => renderRow(row, { places, isDescribed, now }))}
        </tbody>
      </table>
    </div>
    ${
      rows.length > MOST &&
      html`<p class="note">
        The newest ${MOST} of ${plural(rows.length, 'snapshot')}. To list all of them:
        <code>backup-syncd snapshots ${client}</code>
      </p>`
    }
  </section>`;
}

interface Columns {
  readonly places: readonly string[];
  /** with the host and the paths */
  readonly isDescribed: boolean;
  readonly now: number;
}

function renderRow(row: SnapshotRow, { places, isDescribed, now }: Columns): Html {
  return html`<tr>
    <th scope="row"><code>${row.id.slice(0, 8)}</code></th>
    <td>${renderAge(row.snapshotAt, now)}</td>
    ${places.map((place) => {
      const [words, tone] = WORDS[row.places[place] ?? 'unknown'];
      return html`<td class="where ${tone}">${words}</td>`;
    })}
    <td>${countCopies(row)}</td>
    ${isDescribed && (originOf(row) ?? ['-', '-']).map((text) => html`<td>${text}</td>`)}
  </tr>`;
}

function renderAge(at: number | undefined, now: number): Html | string {
  if (at === undefined) return '?';
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}" title="${iso}">${formatAgo(now - at)}</time>`;
}
