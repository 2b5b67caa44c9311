import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/** The location of a worker's code: next to the bundled program, or in the source tree. */
export interface WorkerCode {
  /** `import.meta.url` of the caller */
  readonly base: string;
  readonly compiled: `./${string}.js`;
  readonly source: `./${string}.ts`;
}

const bundles = new Map<string, string>();

/** Starts a worker thread. From source (tests) its code is bundled first, once: a loader in each thread costs more than its work. */
export function startWorker(
  { base, compiled, source }: WorkerCode,
  options: WorkerOptions,
): Worker {
  if (!base.endsWith('.ts')) return new Worker(new URL(compiled, base), options);
  return new Worker(bundle(fileURLToPath(new URL(source, base))), { ...options, eval: true });
}

function bundle(file: string): string {
  const known = bundles.get(file);
  if (known !== undefined) return known;
  const { buildSync } = createRequire(import.meta.url)('esbuild') as typeof import('esbuild');
  const { outputFiles } = buildSync({
    entryPoints: [file],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20.19',
    format: 'cjs',
    sourcemap: 'inline',
  });
  const code = outputFiles[0]?.text ?? '';
  bundles.set(file, code);
  return code;
}
