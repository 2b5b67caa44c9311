// Writes the files of the repository that follow from the code. With --check: are they current?
import { readFile, writeFile } from 'node:fs/promises';
import { backendDashboard } from '../dashboards/backend/index.ts';
import { backupsDashboard } from '../dashboards/backups/index.ts';
import { clientDashboard } from '../dashboards/client/index.ts';
import { renderDashboard } from '../dashboards/dashboard.ts';
import { renderJsonSchema } from '../src/config/json-schema.ts';
import { renderMetricsDoc } from '../src/metrics/document.ts';
import { renderPrometheusRule } from './prometheus-rule.ts';
import { renderTrustDoc } from './trust-doc.ts';

interface Generated {
  readonly path: string;
  readonly render: () => string | Promise<string>;
}

const files: readonly Generated[] = [
  { path: 'docs/backup-syncd.schema.json', render: () => renderJsonSchema('daemon') },
  { path: 'docs/client.schema.json', render: () => renderJsonSchema('client') },
  { path: 'docs/metrics.md', render: renderMetricsDoc },
  { path: 'docs/trust.md', render: renderTrustDoc },
  { path: 'alerts/backup-syncd.prometheusrule.yaml', render: renderPrometheusRule },
  {
    path: 'dashboards/backup-syncd-backups.json',
    render: () => renderDashboard(backupsDashboard()),
  },
  {
    path: 'dashboards/backup-syncd-backend.json',
    render: () => renderDashboard(backendDashboard()),
  },
  { path: 'dashboards/backup-syncd-client.json', render: () => renderDashboard(clientDashboard()) },
];

const isCheck = process.argv.includes('--check');
const root = new URL('../', import.meta.url);
for (const { path, render } of files) {
  const wanted = await render();
  const present = await readFile(new URL(path, root), 'utf8').catch(() => undefined);
  if (present === wanted) continue;
  if (isCheck) {
    process.exitCode = 1;
    console.error(`${path} is not current; run npm run generate`);
  } else {
    await writeFile(new URL(path, root), wanted);
    console.log(`${path} written`);
  }
}
