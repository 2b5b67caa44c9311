import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProcess, startProcess } from '../../support/process.ts';
import { freePort, temporaryDirectory, waitFor } from '../../support/temp.ts';
import { tool, type Generation } from '../../support/tools.ts';

export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [time: number, value: string])[];
}

interface Settings {
  readonly generation: Generation;
  /** prometheus.yml; JSON is YAML. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The directory of the time series. */
  readonly data?: string;
}

/** A real Prometheus, stopped after the test. */
export class Prometheus {
  readonly url: string;

  private constructor(url: string) {
    this.url = url;
  }

  static async start({ generation, config, data }: Settings): Promise<Prometheus> {
    const directory = temporaryDirectory();
    const file = join(directory, 'prometheus.yml');
    writeFileSync(file, JSON.stringify(config));
    const address = `127.0.0.1:${await freePort()}`;
    const process = startProcess(tool('prometheus' as 'promtool', generation), [
      `--config.file=${file}`,
      `--storage.tsdb.path=${data ?? join(directory, 'data')}`,
      '--storage.tsdb.retention.time=50y',
      '--query.lookback-delta=30m', // a scrape that came late leaves no gap
      `--web.listen-address=${address}`,
    ]);
    const url = `http://${address}`;
    const what = `Prometheus: ${process.stderr()}`;
    await waitFor(async () => (await fetch(`${url}/-/ready`)).ok, { what, timeoutMs: 120_000 });
    return new Prometheus(url);
  }

  /** The series of an instant query, or all samples of a range selector. Throws what Prometheus says against it. */
  async query(query: string, time?: number): Promise<Series[]> {
    const at = time === undefined ? {} : { time: String(time) };
    return this.#ask('query', { query, ...at });
  }

  async queryRange(
    query: string,
    { start, end, step }: { readonly start: number; readonly end: number; readonly step: number },
  ): Promise<Series[]> {
    const range = { start: String(start), end: String(end), step: String(step) };
    return this.#ask('query_range', { query, ...range });
  }

  async #ask(path: string, parameters: Readonly<Record<string, string>>): Promise<Series[]> {
    const body = new URLSearchParams(parameters);
    const response = await fetch(`${this.url}/api/v1/${path}`, { method: 'POST', body });
    const answer = (await response.json()) as {
      status: string;
      error?: string;
      data: {
        result: (Pick<Series, 'metric'> &
          Partial<Pick<Series, 'values'>> & { value?: Series['values'][number] })[];
      };
    };
    if (answer.status !== 'success') throw new Error(`${parameters['query']}: ${answer.error}`);
    return answer.data.result.map(({ metric, values = [], value }) => ({
      metric,
      values: value === undefined ? values : [value],
    }));
  }
}

/** A directory of time series from a text in the format of OpenMetrics. */
export async function createBlocks(generation: Generation, openMetrics: string): Promise<string> {
  const directory = temporaryDirectory();
  const file = join(directory, 'day.om');
  const data = join(directory, 'data');
  mkdirSync(data);
  writeFileSync(file, openMetrics);
  const args = ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', file, data];
  const { code, stderr } = await runProcess(tool('promtool', generation), args, {
    timeoutMs: 120_000,
  });
  if (code !== 0) throw new Error(`promtool: ${stderr}`);
  return data;
}

/** Runs `promtool test rules` on expressions over made-up series, and returns what it reports: nothing if all is as expected. */
export async function runPromtool(
  generation: Generation,
  test: object,
): Promise<{ code: number | null; output: string }> {
  const file = join(temporaryDirectory(), 'test.yml');
  writeFileSync(file, JSON.stringify({ evaluation_interval: '1m', tests: [test] }));
  const { code, stdout, stderr } = await runProcess(tool('promtool', generation), [
    ...['test', 'rules', file],
  ]);
  const failures = stdout.replace(/^Unit Testing: .*$/m, '').replace(/^ *SUCCESS$/m, '');
  return { code, output: `${failures}${stderr}`.trim() };
}
