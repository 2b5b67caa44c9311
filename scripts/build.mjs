// npm run build: bundles src/ into dist/. A one-shot pass takes a fraction of a second, and would spend as much on finding
// and reading some hundred modules. `npm run typecheck` checks the types.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { projectDirectory } from './tools/paths.mjs';

const dist = join(projectDirectory, 'dist');
const { dependencies } = JSON.parse(readFileSync(join(projectDirectory, 'package.json'), 'utf8'));

mkdirSync(dist, { recursive: true });
const { outputFiles, metafile } = await build({
  absWorkingDir: projectDirectory,
  outdir: 'dist',
  write: false,
  metafile: true,
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
  external: Object.keys(dependencies),
  define: { 'import.meta.url': 'url_', 'import.meta.filename': '__filename' },
  banner: { js: 'const url_=require("node:url").pathToFileURL(__filename).href;' },
});
for (const { path, contents } of outputFiles) writeChanged(path, contents);
writeChanged(join(dist, 'package.json'), '{ "type": "commonjs" }\n');
writeChanged(join(dist, 'LICENSES.txt'), licences(Object.keys(metafile.inputs)));
chmodSync(join(dist, 'main.js'), 0o755);

/** A build that changes nothing touches nothing: tests may be running the program. */
function writeChanged(path, contents) {
  if (existsSync(path) && readFileSync(path).equals(Buffer.from(contents))) return;
  writeFileSync(path, contents);
}

/** The licences of the packages whose code is in the bundle, which must come with it. */
function licences(inputs) {
  const found = inputs.flatMap(
    (path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [],
  );
  return [...new Set(found)].sort().map(licence).join('\n');
}

function licence(path) {
  const directory = join(projectDirectory, path);
  const { name, version } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  const file = readdirSync(directory).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`${path} has no licence file`);
  const text = readFileSync(join(directory, file), 'utf8').trim();
  return `==== ${name} ${version} ====\n\n${text}\n`;
}
