// node scripts/tools/main.mjs [NAME...]: brings the tools (those of the gate, or those named) and prints what is where.
import { ensureTools, selectTools } from './ensure-tools.mjs';

const names = process.argv.slice(2);
try {
  selectTools(names);
} catch (error) {
  console.error(error.message);
  process.exit(64);
}
const tools = await ensureTools(names.length > 0 ? { only: names } : {});
const rows = [
  ['tool', 'version', 'path'],
  ...tools.map(({ id, version, path, reason }) => [
    id,
    version ?? 'missing',
    path ?? `because: ${reason}`,
  ]),
];
const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column].length)));
for (const [id, version, path] of rows) {
  console.log(`${id.padEnd(widths[0])}  ${version.padEnd(widths[1])}  ${path}`);
}
process.exitCode = tools.some(({ reason }) => reason !== undefined) ? 1 : 0;
