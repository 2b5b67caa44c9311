import { readdirSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { stepsOf } from '../support/document-session.ts';
import { Newcomer } from '../support/newcomer.ts';
import { needs } from '../support/prometheus.ts';
import { describeWithTools } from '../support/tools.ts';

const MONITORING = ['prometheus', 'prometheus-alertmanager', 'promtool', 'amtool'] as const;

describeWithTools(
  ['newest/restic', ...needs('newest', ...MONITORING)],
  'docs/tutorial.md, followed to the letter',
  () => {
    test('every command prints what the document shows, and every message arrives', async () => {
      const newcomer = await Newcomer.at([10987, 19090, 19093]);
      const steps = stepsOf('docs/tutorial.md');
      const last = steps.pop();
      for (const step of steps) await newcomer.follow(step);
      await newcomer.resolved('BackupBackendDown');
      expect(await newcomer.interrupt()).toBe(3);
      if (last !== undefined) await newcomer.follow(last);
      expect(readdirSync(newcomer.home)).not.toContain('backups');
    }, 600_000);
  },
);
