import { html, type Html } from './html.ts';

const SAMPLE = `source:
  directory: /backups/ahost/restic
backends:
  - name: nas
    directory: /mnt/nas/restic/ahost`;

/** The page when there is no client: what to do. */
export function renderEmpty(): Html {
  return html`<section class="empty">
    <h2>Add the first one</h2>
    <ol>
      <li>
        Write <code>clients/ahost.yaml</code> next to <code>backup-syncd.yaml</code>:
        <pre>${SAMPLE}</pre>
      </li>
      <li>
        Mount the backend's disk, and set up the backend once:
        <pre>backup-syncd backend init ahost nas</pre>
      </li>
      <li>
        The client appears here automatically. If it does not:
        <pre>backup-syncd check-config</pre>
      </li>
    </ol>
  </section>`;
}
