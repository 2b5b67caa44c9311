// npm run build: bundles src/ into dist/. A one-shot pass takes a fraction of a second, and would spend as much on finding
// and reading some hundred modules. `npm run typecheck` checks the types.
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { projectDirectory } from './tools/paths.mjs';

const dist = join(projectDirectory, 'dist');

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
writeFileSync(join(dist, 'package.json'), '{ "type": "commonjs" }\n');
await build({
  absWorkingDir: projectDirectory,
  outdir: 'dist',
  entryPoints: {
    main: 'src/main.ts',
    // the threads stand beside the code that starts them, as they do in src/
    worker: 'src/locations/directory/io/worker.ts',
    'files-worker': 'src/files/worker.ts',
    healthcheck: 'src/healthcheck.ts',
  },
  bundle: true,
  // modules of the older format start several times faster
  format: 'cjs',
  platform: 'node',
  target: 'node20.19',
  sourcemap: 'linked',
  legalComments: 'none',
  minifySyntax: true,
  minifyWhitespace: true,
  // what only the daemon needs stays a package: it starts once
  external: ['express', 'pino', 'pino-pretty', 'prom-client'],
  define: { 'import.meta.url': 'url_', 'import.meta.filename': '__filename' },
  banner: { js: 'const url_=require("node:url").pathToFileURL(__filename).href;' },
});
chmodSync(join(dist, 'main.js'), 0o755);
