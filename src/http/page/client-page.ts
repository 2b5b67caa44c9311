import { describeCopies, describeDisabled, describePause } from '../../report/in-words.ts';
import { assessAll } from '../../report/overall.ts';
import type { RecentPass } from '../../report/recent-passes.ts';
import type {
  ClientReport,
  DaemonReport,
  DisabledState,
  Intervention,
  Pause,
  SnapshotRow,
} from '../../report/types.ts';
import { clientStatus, dueInWords } from '../../report/words.ts';
import { renderStatus } from './cells.ts';
import { renderExpected } from './expected.ts';
import { renderFindings } from './findings.ts';
import { renderGroups } from './groups.ts';
import { renderHint } from './hint.ts';
import { html, type Html } from './html.ts';
import { renderInterventions } from './interventions.ts';
import { renderLayout } from './layout.ts';
import { renderPasses } from './passes.ts';
import { renderPlaces } from './places.ts';
import { renderSnapshots } from './snapshots.ts';

export interface ClientPage {
  readonly report: DaemonReport;
  readonly client: string;
  /** of a running client; of a disabled one, only what people did is known */
  readonly details: () => {
    readonly snapshots: readonly SnapshotRow[];
    readonly passes: readonly RecentPass[];
    readonly interventions: readonly Intervention[];
  };
  readonly now: number;
}

/** The page of one client: its problems, places, recent passes and snapshots; undefined for an unknown name. */
export function renderClientPage(page: ClientPage): string | undefined {
  const { report, client: name, now } = page;
  const client = report.clients.find(({ client }) => client === name);
  const disabled = report.disabled?.find(({ client }) => client === name);
  const known = client && renderClient(client, page);
  const main = known ?? (disabled ? renderDisabled(disabled, page) : renderIdle(page));
  return main && renderLayout({ title: name, main }, report, now);
}

function renderClient(client: ClientReport, { details, now }: ClientPage): Html {
  const { snapshots, passes, interventions } = details();
  const { protection, pause } = client;
  const about = [describeCopies(protection), dueInWords(client, now)].filter(Boolean).join(' · ');
  return html`<div class="summary">
      <h1>${client.client}</h1>
      ${renderStatus(clientStatus(client))}
      <p class="note">${about}</p>
    </div>
    ${pause && renderPause(client.client, pause)} ${renderFindings(client)}
    ${renderPlaces(client, now)} ${renderExpected(client, now)}
    ${renderInterventions(interventions, now)} ${renderPasses(passes, now)}
    ${renderSnapshots(client.client, snapshots, now)}`;
}

function renderPause(client: string, pause: Pause): Html {
  return html`<p>
      ${describePause(pause)}. Until then, its source is watched and nothing else is done.
    </p>
    <p class="hint">${renderHint(`to end the pause, run: backup-syncd resume ${client}`)}</p>`;
}

function renderDisabled(client: DisabledState, { details, now }: ClientPage): Html {
  return html`<div class="summary">
      <h1>${client.client}</h1>
      ${renderStatus({ words: 'disabled', tone: 'unknown' })}
      <p class="note">${describeDisabled(client, now)}</p>
    </div>
    <p class="hint">
      ${renderHint(
        `nothing is done for it, and no alert fires, until you run: backup-syncd client enable ${client.client}`,
      )}
    </p>
    ${renderInterventions(details().interventions, now)}`;
}

/** Why a configured client does not run. */
function renderIdle({ report, client }: ClientPage): Html | undefined {
  const findings = assessAll(report).findings.filter((finding) => finding.client === client);
  if (findings.length === 0) return undefined;
  return html`<div class="summary"><h1>${client}</h1></div>
    ${renderGroups(findings, 1)}`;
}
