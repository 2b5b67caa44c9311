import {
  countClients,
  groupFindings,
  hintOfGroup,
  type FindingGroup,
} from '../../report/groups.ts';
import type { OverallFinding } from '../../report/overall.ts';
import { renderHint } from './hint.ts';
import { html, type Html } from './html.ts';

/** The problems by cause, each with what to do; undefined when there are none. */
export function renderGroups(findings: readonly OverallFinding[], total: number): Html | undefined {
  if (findings.length === 0) return undefined;
  return html`<ul class="findings groups">
    ${groupFindings(findings).map((group) => renderGroup(group, total))}
  </ul>`;
}

/** The number of clients to name; the rest are in a list that opens. */
const MOST_NAMES = 8;

function renderGroup(group: FindingGroup, total: number): Html | undefined {
  const { severity, findings, heading, clients } = group;
  const [first] = findings;
  if (first === undefined) return undefined;
  const hint = hintOfGroup(group);
  const isOne = findings.length === 1;
  return html`<li>
    <span class="status ${severity}">${severity}</span>
    <div>
      ${
        isOne
          ? html`<p>${renderSentence(first)}</p>`
          : html`<p><b>${heading}:</b> ${countClients(group, total)}</p>
              ${renderNames(clients)}
              <p class="note">for example ${renderSentence(first)}</p>`
      }
      ${hint !== undefined && html`<p class="hint">${renderHint(hint)}</p>`}
    </div>
  </li>`;
}

function renderSentence({ client, backend, message }: OverallFinding): Html {
  const name = client !== undefined && html`${linkTo(client)}: `;
  return html`${name}${backend !== undefined && `${backend} `}${message}`;
}

function renderNames(clients: readonly string[]): Html {
  const links = clients.map((client) => html`${linkTo(client)} `);
  if (clients.length <= MOST_NAMES) return html`<p class="names">${links}</p>`;
  return html`<details>
    <summary>show clients</summary>
    <p class="names">${links}</p>
  </details>`;
}

export function linkTo(client: string): Html {
  return html`<a class="name" href="/clients/${encodeURIComponent(client)}">${client}</a>`;
}
