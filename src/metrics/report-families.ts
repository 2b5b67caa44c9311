import type { BackendState, ClientReport, DaemonReport } from '../report/types.ts';
import { backendValues } from './backend.ts';
import { configuredClients, configuredValues, daemonSamples } from './daemon.ts';
import { backendExpectationValues, expectationValues } from './expectations.ts';
import { renderSamples, type Family } from './exposition.ts';
import {
  BACKEND_EXPECTATIONS,
  BACKENDS,
  CONFIGURED,
  EXPECTATIONS,
  fullName,
  METRICS,
  PROTECTION,
  SAVING,
  SOURCE,
  SYNCS,
  type MetricName,
} from './names.ts';
import { protectionValues } from './protection.ts';
import { NO_LINES, SeriesTable } from './series-table.ts';
import { savingValues } from './saving.ts';
import { sourceValues } from './source.ts';
import { syncValues } from './sync.ts';
import type { Values } from './values.ts';

/** Reports as families of series. */
export class ReportFamilies {
  private readonly ofClients = [
    clientTable(SOURCE, sourceValues),
    clientTable(PROTECTION, protectionValues),
    clientTable(SAVING, savingValues),
    clientTable(EXPECTATIONS, expectationValues),
  ];
  private readonly ofConfigured = clientTable(CONFIGURED, configuredValues);
  private readonly ofBackends = [
    backendTable(BACKENDS, ({ state, reportedAt }) => backendValues(state, reportedAt)),
    backendTable(SYNCS, ({ state }) => syncValues(state)),
    backendTable(BACKEND_EXPECTATIONS, ({ state }) => backendExpectationValues(state)),
  ];

  /** All families of a report, in the order of `METRICS`: what it does not say has no series. */
  of(report: DaemonReport): Family[] {
    const backends = report.clients.flatMap(backendsOf);
    const lines = new Map([
      ...this.ofClients.flatMap((table) => table.update(report.clients)),
      ...this.ofBackends.flatMap((table) => table.update(backends)),
      ...this.ofConfigured.update(configuredClients(report)),
      ...daemonLines(report),
    ]);
    return namesOf(METRICS).map((name) => {
      const { help, kind } = METRICS[name];
      return { name: fullName(name), help, kind, lines: lines.get(name) ?? NO_LINES };
    });
  }
}

type Specs<N extends MetricName> = Readonly<Record<N, unknown>>;

function clientTable<N extends MetricName, Subject extends { readonly client: string }>(
  specs: Specs<N>,
  valuesOf: (subject: Subject) => Values<N>,
): SeriesTable<Subject> {
  return new SeriesTable({
    ...{ names: namesOf(specs), valuesOf },
    keyOf: ({ client }) => client,
    labelsOf: ({ client }) => ({ client }),
  });
}

interface Backend {
  readonly client: string;
  readonly state: BackendState;
  readonly reportedAt: number;
}

function backendTable<N extends MetricName>(
  specs: Specs<N>,
  valuesOf: (backend: Backend) => Values<N>,
): SeriesTable<Backend> {
  return new SeriesTable({
    ...{ names: namesOf(specs), valuesOf },
    keyOf: ({ client, state }) => `${client}/${state.backend}`,
    labelsOf: ({ client, state }) => ({ client, backend: state.backend }),
  });
}

function backendsOf({ client, backends, reportedAt }: ClientReport): Backend[] {
  return backends.map((state) => ({ client, state, reportedAt }));
}

function daemonLines(report: DaemonReport): [MetricName, Buffer][] {
  const samples = daemonSamples(report);
  return namesOf(samples).map((name) => [
    name,
    Buffer.from(renderSamples(fullName(name), samples[name])),
  ]);
}

function namesOf<N extends MetricName>(specs: Specs<N>): N[] {
  return Object.keys(specs) as N[];
}
