// npm run build: checks the types, then bundles src/ into dist/. A bundle, because a one-shot pass of 0.3 s would spend
// most of its time on finding and reading some hundred small modules; code of one verb stays in a chunk of its own.
import { spawnSync } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { projectDirectory } from './tools/paths.mjs';

const inProject = { cwd: projectDirectory, stdio: 'inherit' };
const tsc = fileURLToPath(import.meta.resolve('typescript/bin/tsc'));
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.json'], inProject);
if (status !== 0) process.exit(status ?? 1);

rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });
await build({
  absWorkingDir: projectDirectory,
  outdir: 'dist',
  entryPoints: {
    main: 'src/main.ts',
    // the file thread stands beside the code that starts it, as it does in src/
    worker: 'src/locations/directory/io/worker.ts',
    healthcheck: 'src/healthcheck.ts',
  },
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  sourcemap: 'linked',
  legalComments: 'none',
  minifySyntax: true,
  minifyWhitespace: true,
  // what only the daemon needs stays a package: it starts once
  external: ['chokidar', 'express', 'pino', 'pino-pretty', 'prom-client'],
  banner: {
    // packages in the older module format call require
    js: "import { createRequire as createRequire_ } from 'node:module'; const require = createRequire_(import.meta.url);",
  },
});
chmodSync(new URL('../dist/main.js', import.meta.url), 0o755);
