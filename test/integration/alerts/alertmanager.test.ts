import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runProcess } from '../../support/process.ts';
import { monitoringTool, needs } from '../../support/prometheus.ts';
import { describeWithTools, generations } from '../../support/tools.ts';
import { alerts, alertsDirectory } from '../../unit/alerts/rules.ts';

const CONFIG = join(alertsDirectory, 'alertmanager.example.yml');
const RECEIVERS = { critical: 'pager', warning: 'mail', none: 'watchdog' } as const;

const ROUTES = alerts.map(({ alert = '', labels = {} }) => {
  const severity = labels['severity'] as keyof typeof RECEIVERS;
  return { alert, severity, receiver: RECEIVERS[severity] };
});

for (const generation of generations) {
  describeWithTools(needs(generation, 'amtool'), `amtool of ${generation}`, () => {
    const amtool = () => monitoringTool('amtool', generation);

    async function route(receiver: string, labels: readonly string[]): Promise<number | null> {
      const args = ['config', 'routes', 'test', `--config.file=${CONFIG}`];
      const { code } = await runProcess(amtool(), [
        ...args,
        `--verify.receivers=${receiver}`,
        ...labels,
      ]);
      return code;
    }

    test('accepts the configuration', async () => {
      const { code, stdout } = await runProcess(amtool(), ['check-config', CONFIG]);
      expect(stdout).toContain('SUCCESS');
      expect(code).toBe(0);
    });

    test.each(ROUTES)('$alert ($severity) goes to $receiver', async (expected) => {
      const { alert, severity, receiver } = expected;
      const labels = [`alertname=${alert}`, `severity=${severity}`, 'client=a', 'backend=nas'];
      expect(await route(receiver, labels)).toBe(0);
    });

    test('another receiver would be noticed', async () => {
      expect(await route('pager', ['alertname=BackupLockStale', 'severity=warning'])).toBe(1);
    });
  });
}
