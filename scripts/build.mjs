// npm run build: checks the types, then bundles src/ into dist/, and lets V8 compile it ahead. A one-shot pass takes a
// quarter of a second, and would spend as much on finding, reading and compiling some hundred modules.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { recordCompiled } from './record-compiled.mjs';
import { projectDirectory } from './tools/paths.mjs';

const dist = join(projectDirectory, 'dist');
const inProject = { cwd: projectDirectory, stdio: 'inherit' };
const tsc = fileURLToPath(import.meta.resolve('typescript/bin/tsc'));
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.json'], inProject);
if (status !== 0) process.exit(status ?? 1);

// modules of the older format start several times faster, and only they can be compiled ahead
const options = {
  absWorkingDir: projectDirectory,
  outdir: 'dist',
  bundle: true,
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
};
const url = `const url_=require("node:url").pathToFileURL(__filename).href;`;

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
writeFileSync(join(dist, 'package.json'), '{ "type": "commonjs" }\n');
const program = await bundleProgram();
await build({
  ...options,
  entryPoints: {
    main: 'src/launch.ts',
    // the threads stand beside the code that starts them, as they do in src/
    worker: 'src/locations/directory/io/worker.ts',
    'files-worker': 'src/files/worker.ts',
    healthcheck: 'src/healthcheck.ts',
  },
  define: { ...options.define, PROGRAM: JSON.stringify(program) },
  banner: { js: url },
});
chmodSync(join(dist, 'main.js'), 0o755);
recordCompiled(dist, program);

/** Answers the name of its file: no other program can be taken for the one that was compiled. */
async function bundleProgram() {
  const { outputFiles } = await build({
    ...options,
    entryPoints: { program: 'src/main.ts' },
    entryNames: '[name]-[hash]',
    banner: { js: `(function(require,__filename){${url}` },
    footer: { js: '})' },
    write: false,
  });
  for (const { path, text } of outputFiles) {
    writeFileSync(path, path.endsWith('.js') ? withoutForeignLetters(text) : text);
  }
  return outputFiles
    .map(({ path }) => path.slice(dist.length + 1))
    .find((name) => name.endsWith('.js'));
}

/** Escaped, so that dist/main.js can read it byte by byte, which is much faster; esbuild leaves some in tagged templates. */
function withoutForeignLetters(code) {
  return code.replaceAll(
    /[^\0-\x7f]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
