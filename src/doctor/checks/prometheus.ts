import type { ZodMiniType } from 'zod/mini';
import type { Check } from '../check.ts';
import { fetchJson, NoAnswerError } from '../fetch-json.ts';
import type { Judgement } from '../finding.ts';
import { Alertmanagers, Rules, Targets, Vector } from '../prometheus/answers.ts';
import { judgeRules } from '../prometheus/judge-rules.ts';
import { judgeScraping } from '../prometheus/judge-scraping.ts';
import { shippedRules } from '../prometheus/shipped-rules.ts';
import type { Site } from '../site.ts';

const CLIENTS = 'group by (client, exported_client) (backup_syncd_client_enabled == 1)';
/** The clocks of two machines may differ by this much, in milliseconds: the answer took time, too. */
const TOLERANCE_MS = 60_000;

/** Whether the Prometheus at the given address scrapes the daemon, has the rules, and sends alerts to somebody. */
export const prometheus: Check = {
  name: 'prometheus',
  run: async (site, signal) => {
    if (site.prometheus === undefined) return [];
    try {
      return await askAll(site, site.prometheus, signal);
    } catch (error) {
      if (!(error instanceof NoAnswerError)) throw error;
      return [judgeNoAnswer(error)];
    }
  },
};

async function askAll(site: Site, base: URL, signal: AbortSignal): Promise<readonly Judgement[]> {
  const ask = <T extends ZodMiniType>(path: string, schema: T) =>
    askFor({ base, path, signal }, schema);
  const targets = await ask('api/v1/targets?state=active', Targets);
  const query = new URLSearchParams({ query: CLIENTS }).toString();
  const vector = await ask(`api/v1/query?${query}`, Vector);
  const rules = await ask('api/v1/rules', Rules);
  const alertmanagers = await ask('api/v1/alertmanagers', Alertmanagers);
  return [
    ...judgeScraping({
      targets: targets.value.data.activeTargets,
      series: vector.value.data.result.map(({ metric }) => metric),
      clients: (site.config?.clients ?? []).map(({ name }) => name),
      port: site.config?.listen.port,
    }),
    ...judgeRules({
      loaded: rules.value.data.groups.flatMap((group) => group.rules),
      ...(await shippedRules()),
    }),
    judgeAlertmanagers(alertmanagers.value.data.activeAlertmanagers.length),
    ...judgeTime(targets.serverTime, Date.now()),
  ];
}

async function askFor<T extends ZodMiniType>(
  {
    base,
    path,
    signal,
  }: { readonly base: URL; readonly path: string; readonly signal: AbortSignal },
  schema: T,
): Promise<{ readonly value: T['_zod']['output']; readonly serverTime: number | undefined }> {
  const url = new URL(path, base);
  const { body, serverTime } = await fetchJson(url, signal);
  const parsed = schema.safeParse(body);
  if (parsed.success) return { value: parsed.data, serverTime };
  throw new NoAnswerError(`${url.origin}${url.pathname} does not answer like a Prometheus`);
}

/** Pure. */
export function judgeNoAnswer({ message, status }: NoAnswerError): Judgement {
  const isAsked = status === 401 || status === 403;
  return {
    severity: 'error',
    message,
    hint: isAsked
      ? 'doctor cannot give a password: run it where Prometheus answers without one, such as on its own machine'
      : 'give the address at which you open Prometheus in a browser, such as http://127.0.0.1:9090',
  };
}

/** Pure. */
export function judgeAlertmanagers(count: number): Judgement {
  if (count > 0) return { severity: 'ok', message: 'it sends alerts to an Alertmanager' };
  return {
    severity: 'error',
    message: 'it has no Alertmanager, so alerts reach nobody',
    hint: 'add alerting with the address of your Alertmanager to prometheus.yml as docs/monitoring.md shows, and reload Prometheus',
  };
}

/** Pure. @param serverTime as Prometheus says */
export function judgeTime(serverTime: number | undefined, now: number): readonly Judgement[] {
  const apart = Math.abs((serverTime ?? now) - now);
  if (apart <= TOLERANCE_MS) return [];
  return [
    {
      severity: 'error',
      message: `its clock and that of this machine differ by ${Math.round(apart / 1000)} s`,
      hint: 'check both with: date -u; to set a clock from the network, as root, run: timedatectl set-ntp true',
    },
  ];
}
