// Bundles the page of the preview into dist/. Two seconds.
import { build } from 'esbuild';
import { modules } from './modules.mjs';

await build({
  absWorkingDir: import.meta.dirname,
  nodePaths: [modules],
  entryPoints: ['src/main.tsx'],
  outdir: 'dist',
  bundle: true,
  format: 'esm',
  splitting: true,
  minify: true,
  jsx: 'automatic',
  target: 'es2022',
  logLevel: 'warning',
  define: { 'process.env.NODE_ENV': '"production"', global: 'window' },
  loader: { '.svg': 'dataurl', '.ttf': 'dataurl', '.woff2': 'dataurl', '.png': 'dataurl' },
});
