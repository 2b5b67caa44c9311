import { partsOf } from '../../report/hint.ts';
import { recentAcknowledgement } from '../../report/recent-acknowledgement.ts';
import type { ClientReport, Finding } from '../../report/types.ts';
import { html, type Html } from './html.ts';

/** What is not as it should be, each with what to do about it; undefined when all is well. */
export function renderFindings(client: ClientReport): Html | undefined {
  const findings = allFindings(client);
  const acknowledged = recentAcknowledgement(client);
  if (findings.length === 0 && acknowledged === undefined) return undefined;
  return html`<ul class="findings">
    ${findings.map(renderFinding)}
    ${
      acknowledged !== undefined &&
      html`<li>
        <span class="status">note</span>
        <div><p>${acknowledged}</p></div>
      </li>`
    }
  </ul>`;
}

type Shown = Omit<Finding, 'kind'>;

function renderFinding({ severity, backend, message, hint }: Shown): Html {
  return html`<li>
    <span class="status ${severity}">${severity}</span>
    <div>
      <p>${backend !== undefined && html`<b>${backend}:</b> `}${message}</p>
      ${hint !== undefined && html`<p class="hint">${renderHint(hint)}</p>`}
    </div>
  </li>`;
}

/** One click selects a command. */
function renderHint(hint: string): Html[] {
  return partsOf(hint).map(({ text, isCommand }) =>
    isCommand ? html`<code>${text}</code>` : html`${text}`,
  );
}

/** The report's findings, and the errors that none of them speaks of. */
function allFindings({ findings, backends, source, configError }: ClientReport): Shown[] {
  const errors = [
    configError === undefined ? [] : [{ message: `Configuration refused: ${configError}` }],
    source.message === undefined ? [] : [withHint(source.message, source.hint)],
    ...backends.map(({ backend, message, hint, expectedBackAt, isNotMounted }) =>
      message === undefined || expectedBackAt !== undefined || isNotMounted === true
        ? []
        : [{ ...withHint(message, hint), backend }],
    ),
  ].flat();
  const isSaid = (text: string) => findings.some(({ message }) => message.includes(text));
  const unsaid = errors.filter(({ message }) => !isSaid(message));
  return [...findings, ...unsaid.map((error) => ({ severity: 'warning' as const, ...error }))];
}

function withHint(message: string, hint: string | undefined) {
  return hint === undefined ? { message } : { message, hint };
}
