// node preview.mjs --dashboard FILE --prometheus URL [--picture PNG] [--report JSON] [--now SECONDS] [--from now-24h]
//   [--width 1600] [--theme dark|light] [--scrape SECONDS] [--var NAME=VALUE]...
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { render } from './render.mjs';

const string = { type: 'string' };
const { values } = parseArgs({
  options: {
    dashboard: string,
    prometheus: string,
    picture: string,
    report: string,
    now: string,
    from: string,
    width: string,
    theme: string,
    scrape: string,
    var: { type: 'string', multiple: true, default: [] },
  },
});
const { dashboard, prometheus, picture, report: file, var: variables, ...parameters } = values;
for (const assignment of variables) {
  const [name, ...value] = assignment.split('=');
  parameters[`var-${name}`] = value.join('=');
}
const report = await render({ dashboard: resolve(dashboard), prometheus, picture, parameters });
if (file !== undefined) writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
for (const warning of report.warnings) console.warn(warning);
