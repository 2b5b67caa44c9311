import { currentAnnouncement, recentAcknowledgement } from '../../report/recent-acknowledgement.ts';
import type { ClientReport, Finding } from '../../report/types.ts';
import { renderHint } from './hint.ts';
import { html, type Html } from './html.ts';

/** The problems of one client, each with what to do; undefined when all is well. */
export function renderFindings(client: ClientReport): Html | undefined {
  const { findings } = client;
  const notes = [recentAcknowledgement(client), currentAnnouncement(client)].filter(
    (note) => note !== undefined,
  );
  if (findings.length === 0 && notes.length === 0) return undefined;
  return html`<ul class="findings">
    ${findings.map(renderFinding)}
    ${notes.map(
      (note) =>
        html`<li>
          <span class="status">note</span>
          <div><p>${note}</p></div>
        </li>`,
    )}
  </ul>`;
}

function renderFinding({ severity, backend, message, hint }: Finding): Html {
  return html`<li>
    <span class="status ${severity}">${severity}</span>
    <div>
      <p>${backend !== undefined && html`<b>${backend}</b> `}${message}</p>
      ${hint !== undefined && html`<p class="hint">${renderHint(hint)}</p>`}
    </div>
  </li>`;
}
