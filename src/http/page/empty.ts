import { html, type Html } from './html.ts';

const SAMPLE = `source:
  directory: /backups/ahost/restic
backends:
  - name: nas
    directory: /mnt/nas/restic/ahost`;

/** What to do when there is no client. */
export function renderEmpty(): Html {
  return html`<section class="empty">
    <h2>Add the first one</h2>
    <ol>
      <li>
        Write <code>clients/ahost.yaml</code> beside <code>backup-syncd.yaml</code>:
        <pre>${SAMPLE}</pre>
      </li>
      <li>
        Mount the disk of the backend, and say once that a replica is meant to be there:
        <pre>backup-syncd backend init ahost nas</pre>
      </li>
      <li>
        It appears here by itself. If it does not:
        <pre>backup-syncd check-config</pre>
      </li>
    </ol>
  </section>`;
}
