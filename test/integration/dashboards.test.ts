import { beforeAll, expect, test } from '@jest/globals';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../support/temp.ts';
import { describeWithTools, generations, type Generation } from '../support/tools.ts';
import { dashboardFiles, panelsOf, readDashboard, type Target } from '../unit/dashboards/model.ts';
import { liveThroughDay, type Day } from './dashboards/day.ts';
import { createBlocks, Prometheus, runPromtool } from './dashboards/prometheus.ts';

/** Stands for the day of data that some panels need: the day in this test may be shorter. */
const A_DAY_HERE = '4h';
const STEP = 540;

const QUERIES = dashboardFiles.flatMap((file) =>
  panelsOf(readDashboard(file)).flatMap(({ title, targets = [] }) =>
    targets.map(({ refId, expr }) => ({ name: `${file}: ${title} (${refId})`, expr })),
  ),
);

function targetsOf(title: string): readonly Target[] {
  const panels = dashboardFiles.flatMap((file) => panelsOf(readDashboard(file)));
  return panels.find((one) => one.title === title)?.targets ?? [];
}

// The rest of the suite may be running beside it.
const PATIENCE_MS = 400_000;

describeWithTools(
  [
    'newest/restic',
    'newest/promtool',
    'newest/prometheus' as 'newest/promtool',
    'debian12/prometheus' as 'debian12/promtool',
  ],
  'the dashboards, after a day',
  () => {
    let day: Day;
    const prometheus = new Map<Generation, Prometheus>();

    beforeAll(async () => {
      day = await liveThroughDay('newest');
      const blocks = await createBlocks('newest', day.openMetrics);
      const started = generations.map(async (generation) => {
        const data = join(temporaryDirectory(), 'data'); // each wants its own
        cpSync(blocks, data, { recursive: true });
        const config = { scrape_configs: [] };
        prometheus.set(generation, await Prometheus.start({ generation, config, data }));
      });
      await Promise.all(started);
    }, PATIENCE_MS);

    function server(generation: Generation): Prometheus {
      const found = prometheus.get(generation);
      if (found === undefined) throw new Error(`no Prometheus ${generation}`);
      return found;
    }

    test.each(generations)('each query returns data from Prometheus, %s', async (generation) => {
      const range = { start: day.begin, end: day.end, step: STEP };
      const silent: string[] = [];
      for (const { name, expr } of QUERIES) {
        const found = await server(generation).queryRange(fill(expr, A_DAY_HERE), range);
        if (!found.some(({ values }) => values.some(([, value]) => value !== 'NaN'))) {
          silent.push(name);
        }
      }
      expect(QUERIES.length).toBeGreaterThan(80);
      expect(silent).toEqual([]);
    });
  },
);

for (const generation of generations) {
  describeWithTools(
    [`${generation}/promtool`],
    `the forecast, by promtool of ${generation}`,
    () => {
      test('names no days before it has seen one, and then does', async () => {
        const disk = (name: string, values: string): object => ({
          series: `backup_syncd_backend_free_bytes{client="ahost",backend="${name}",job="x",instance="y"}`,
          values,
        });
        const expr = fill(
          targetsOf('Backends: space').find(({ refId }) => refId === 'full')?.expr ?? '',
        );
        const growth = (aDay: string) =>
          fill(
            targetsOf('Backends: space').find(({ refId }) => refId === 'growth')?.expr ?? '',
            aDay,
          );
        const at = (time: string, samples: Readonly<Record<string, number>>): object => ({
          expr,
          eval_time: time,
          exp_samples: Object.entries(samples).map(([backend, value]) => ({
            labels: `{backend="${backend}"}`,
            value,
          })),
        });
        const test = {
          interval: '1h',
          // 240 GB less 1 GB an hour; one that fills no more; one that is full
          input_series: [
            disk('filling', '240-1x48'),
            disk('steady', '100+0x48'),
            disk('full', '3-1x3 0x45'),
            {
              series:
                'backup_syncd_backend_bytes{client="ahost",backend="filling",job="x",instance="y"}',
              values: '1000+100x48',
            },
          ],
          promql_expr_test: [
            at('23h', { filling: -2, steady: -2, full: 0 }),
            at('36h', { filling: 8.5, steady: -1, full: 0 }),
            ...[
              { when: '23h', aDay: '1d', grows: {} },
              { when: '36h', aDay: '1d', grows: { filling: 2400 } },
              { when: '6h', aDay: A_DAY_HERE, grows: { filling: 2400 } },
            ].map(({ when, aDay, grows }) => ({ ...at(when, grows), expr: growth(aDay) })),
          ],
        };
        expect(await runPromtool(generation, test)).toEqual({ code: 0, output: '' });
      });
    },
  );
}

/** Fills in variables as Grafana would for a day and all clients. */
function fill(expr: string, aDay = '1d'): string {
  return expr
    .replaceAll('offset 1d', `offset ${aDay}`)
    .replaceAll('$__rate_interval', '36m')
    .replaceAll('$__interval', '9m')
    .replaceAll('$__range', '24h')
    .replaceAll(/\$(job|instance|client|backend)/g, '.+');
}
