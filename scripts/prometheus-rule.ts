import { readFile } from 'node:fs/promises';
import { format } from 'prettier';
import { Document, isMap, parseDocument } from 'yaml';

const RULE_FILES = ['backup-syncd.rules.yml', 'backup-syncd.watchdog.rules.yml'];

/** The rule files as one object for the Prometheus operator, comments included. */
export async function renderPrometheusRule(): Promise<string> {
  const document = new Document({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'backup-syncd', labels: { 'app.kubernetes.io/name': 'backup-syncd' } },
    spec: { groups: [] },
  });
  document.commentBefore = ` Generated from ${RULE_FILES.join(' and ')} by "npm run generate": change it there.`;
  for (const name of RULE_FILES) {
    const { contents } = parseDocument(
      await readFile(new URL(`../alerts/${name}`, import.meta.url), 'utf8'),
    );
    const groups = isMap(contents) ? contents.get('groups', true) : undefined;
    for (const group of (groups as { items?: unknown[] } | undefined)?.items ?? []) {
      document.addIn(['spec', 'groups'], group);
    }
  }
  return format(document.toString({ lineWidth: 0 }), {
    parser: 'yaml',
    printWidth: 100,
    singleQuote: true,
  });
}
