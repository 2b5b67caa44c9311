import { expect, test } from '@jest/globals';
import { viewFacts } from '../../../src/client/view-facts.ts';
import { SILENT_LOG } from '../../../src/log/log.ts';
import { sourceFindings } from '../../../src/report/source-findings.ts';
import type { TakenView } from '../../../src/replication/take-view.ts';
import { EMPTY_CATALOGUE } from '../../../src/repository/catalogue.ts';
import { NO_OBJECTS } from '../../../src/repository/objects.ts';
import { sampleReport } from '../metrics/sample-report.ts';

test('of a flood of links, a hundred are named, and the problem says that there are more', () => {
  const links = Array.from({ length: 250_000 }, (_, n) => `data/ab/link-${n}`);
  const taken: TakenView = {
    view: { takenAt: 0, configSha256: 'ab', configBytes: 1, objects: NO_OBJECTS },
    ignored: 0,
    refused: links,
    snapshotsChangedAt: undefined,
    keyFiles: { keys: EMPTY_CATALOGUE, malformed: [], waiting: 0 },
  };

  const { refused = [] } = viewFacts(taken, { before: { refused: [] }, log: SILENT_LOG });

  expect(refused).toEqual(links.slice(0, 100));
  const [client] = sampleReport().clients;
  if (client === undefined) throw new Error('the sample has no client');
  const findings = sourceFindings({ ...client, source: { ...client.source, refused } }, 0);
  expect(findings.find(({ kind }) => kind === 'source_refused_names')?.message).toMatch(
    /^at least 100 files in the source are not regular files: /,
  );
});
