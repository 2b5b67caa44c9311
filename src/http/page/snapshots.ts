import { countCopies, originOf } from '../../report/in-words.ts';
import type { SnapshotRow } from '../../report/types.ts';
import type { Tone } from '../../report/words.ts';
import { plural } from '../../runtime/plural.ts';
import { html, type Html } from './html.ts';
import { renderAge, renderTable } from './table.ts';

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

/** The table of snapshots, with the state of each in every place. */
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
    ${renderTable(
      ['Snapshot', 'Age', ...places, 'Copies', ...(isDescribed ? ['Host', 'Paths'] : [])],
      shown.map((row) => renderRow(row, { places, isDescribed, now })),
    )}
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
    <td>${row.snapshotAt === undefined ? '?' : renderAge(row.snapshotAt, now)}</td>
    ${places.map((place) => {
      const [words, tone] = WORDS[row.places[place] ?? 'unknown'];
      return html`<td class="where ${tone}">${words}</td>`;
    })}
    <td>${countCopies(row)}</td>
    ${isDescribed && (originOf(row) ?? ['-', '-']).map((text) => html`<td>${text}</td>`)}
  </tr>`;
}
