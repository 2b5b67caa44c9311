// node preview.mjs --dashboard FILE --prometheus URL [--picture PNG] [--report JSON] [--now SECONDS] [--from now-24h]
//   [--width 1600] [--theme dark|light] [--scrape SECONDS] [--var NAME=VALUE]...
// node preview.mjs --looks JSON --prometheus URL [--report JSON]: several in one browser, see render.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { render } from './render.mjs';

const string = { type: 'string' };
const { values } = parseArgs({
  options: {
    looks: string,
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
const {
  looks: list,
  dashboard,
  prometheus,
  picture,
  report: file,
  var: variables,
  ...parameters
} = values;
for (const assignment of variables) {
  const [name, ...value] = assignment.split('=');
  parameters[`var-${name}`] = value.join('=');
}
const one = dashboard && { dashboard: resolve(dashboard), picture, parameters };
const looks = list === undefined ? [one] : JSON.parse(readFileSync(list, 'utf8'));
const reports = await render({ looks, prometheus });
const report = list === undefined ? reports[0] : reports;
if (file !== undefined) writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
for (const { warnings } of reports) for (const warning of warnings) console.warn(warning);
