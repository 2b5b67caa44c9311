import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { alertsDirectory, ruleFiles } from '../unit/alerts/rules.ts';
import { temporaryDirectory } from './temp.ts';

/** The rule files with waits of minutes and hours made seconds; what takes a day still does. */
export function shortenedRules(wait = '3s', keep = '1s'): string[] {
  const directory = temporaryDirectory();
  return ruleFiles.map((file) => {
    const text = readFileSync(file, 'utf8')
      .replaceAll(/^( +for): (?!24h)\w+$/gm, `$1: ${wait}`)
      .replaceAll(/^( +keep_firing_for): \w+$/gm, `$1: ${keep}`)
      .replaceAll('[10m]', '[10s]'); // how far back failures are counted
    const copy = join(directory, basename(file));
    writeFileSync(copy, text);
    return copy;
  });
}

type Route = { routes?: Route[] } & Record<string, unknown>;
type Config = { route: Route; receivers: { name: string }[] } & Record<string, unknown>;

/**
 * The example of Alertmanager with its routes and inhibitions, in seconds.
 *
 * @param url a webhook in place of every receiver; without one nothing is sent
 */
export function quickened(url?: string): Config {
  const text = readFileSync(join(alertsDirectory, 'alertmanager.example.yml'), 'utf8');
  const { route, receivers, inhibit_rules } = parse(text) as Config;
  const timing = { group_wait: '6s', group_interval: '5s', repeat_interval: '1h' };
  const quick = (one: Route): Route => ({
    ...one,
    ...timing,
    ...(one.routes && { routes: one.routes.map(quick) }),
  });
  return {
    route: quick(route),
    inhibit_rules,
    receivers: receivers.map(({ name }) => ({
      name,
      webhook_configs:
        name === 'nowhere' || url === undefined
          ? []
          : [{ url, send_resolved: name !== 'watchdog' }],
    })),
  };
}
