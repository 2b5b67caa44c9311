import { readdirSync, readFileSync } from 'node:fs';
import { getHeapStatistics } from 'node:v8';
import { Counter, Gauge, type Registry } from 'prom-client';
import { formatLabels, renderSamples, type Family, type Sample } from './exposition.ts';

/**
 * The usual metrics of a process under their usual names, as far as they are cheap: prom-client's own collection takes
 * some milliseconds a scrape, most of them for statistics that nobody pages on. Reading these touches only /proc.
 */
export function addProcessMetrics(registry: Registry): void {
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number) => {
    const metric: Gauge = new Gauge({ name, help, registers, collect: () => metric.set(read()) });
  };
  const counter = (name: string, help: string, read: () => number) => {
    const metric: Counter = new Counter({
      name,
      help,
      registers,
      collect: () => setTo(metric, read()),
    });
  };

  const cpu = () => process.cpuUsage();
  const startedAt = Date.now() / 1000 - process.uptime();
  counter('process_cpu_user_seconds_total', 'User CPU time.', () => cpu().user / 1e6);
  counter('process_cpu_system_seconds_total', 'System CPU time.', () => cpu().system / 1e6);
  counter('process_cpu_seconds_total', 'User and system CPU time.', () => {
    const { user, system } = cpu();
    return (user + system) / 1e6;
  });
  gauge('process_start_time_seconds', 'When the process started, Unix time.', () => startedAt);
  gauge('process_resident_memory_bytes', 'Resident memory.', () => process.memoryUsage.rss());
  gauge('nodejs_heap_size_total_bytes', 'Heap of V8.', () => getHeapStatistics().total_heap_size);
  gauge(
    'nodejs_heap_size_used_bytes',
    'Used heap of V8.',
    () => getHeapStatistics().used_heap_size,
  );
  gauge('process_open_fds', 'Open file descriptors.', openFileDescriptors);
  const most = mostFileDescriptors();
  gauge('process_max_fds', 'Most file descriptors that may be open.', () => most);
  addVersion(registers);
}

function addVersion(registers: Registry[]): void {
  const labelNames = ['version'] as const;
  const help = 'Version of Node.js.';
  new Gauge({ name: 'nodejs_version_info', help, labelNames, registers }).set(
    { version: process.version },
    1,
  );
}

function setTo(counter: Counter, value: number): void {
  counter.reset();
  counter.inc(value);
}

/** NaN, which is left out of a scrape, when there is none left to look with. */
function openFileDescriptors(): number {
  try {
    return readdirSync('/proc/self/fd').length - 1; // without the one that reads the directory
  } catch {
    return NaN;
  }
}

/** The soft limit; Infinity where there is none, which is left out of a scrape. */
function mostFileDescriptors(): number {
  const [, limit] =
    /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  return limit === undefined ? Infinity : Number(limit);
}

/** What an injected prom-client registry holds, as families. */
export async function registryFamilies(registry: Registry): Promise<Family[]> {
  const metrics = await registry.getMetricsAsJSON();
  return metrics.map(({ name, help, type, values }) => ({
    name,
    help,
    kind: KINDS[String(type)] ?? 'gauge',
    lines: Buffer.from(
      renderSamples(
        name,
        values.map((value) => toSample(name, value)),
      ),
    ),
  }));
}

/** prom-client's typings know an enum that is only a type; at run time these are strings. */
const KINDS: Readonly<Record<string, Family['kind']>> = {
  counter: 'counter',
  gauge: 'gauge',
  histogram: 'histogram',
};

interface RegistryValue {
  readonly labels: Readonly<Partial<Record<string, string | number>>>;
  readonly value: number;
  readonly metricName?: string;
}

function toSample(name: string, { labels, value, metricName = name }: RegistryValue): Sample {
  const sample = { labels: formatLabels(labels), value };
  return metricName === name ? sample : { ...sample, suffix: metricName.slice(name.length) };
}
