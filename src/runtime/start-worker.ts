import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/** Where the code of a worker is: next to the bundled program, or in the source tree. */
export interface WorkerCode {
  /** `import.meta.url` of the caller */
  readonly base: string;
  readonly compiled: `./${string}.js`;
  readonly source: `./${string}.ts`;
}

/** Starts a worker thread. From source (tests) the thread needs a loader for TypeScript, which must be registered in it. */
export function startWorker(
  { base, compiled, source }: WorkerCode,
  options: WorkerOptions,
): Worker {
  if (!base.endsWith('.ts')) return new Worker(new URL(compiled, base), options);
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx'));
  const loader = new URL('./esm/api/index.mjs', tsx).href;
  const { href } = new URL(source, base);
  const start = `import('${loader}').then(({ register }) => (register(), import('${href}')))`;
  return new Worker(start, { ...options, eval: true });
}
