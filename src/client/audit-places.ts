import { whyNoView } from '../work/audit/require-view.ts';
import type { AuditReport } from '../facts/audit-report.ts';
import type { FactStore } from '../facts/fact-store.ts';
import { SOURCE_NAME } from '../facts/sync-report.ts';
import { throwIfAborted } from '../runtime/abort.ts';
import type { AuditRequest } from './audit-request.ts';
import type { BackendWorker } from './backend-worker.ts';
import { notConfigured } from './move-retired.ts';
import type { SourceLoop } from './source-loop.ts';
import type { SourceWorker } from './source-worker.ts';

interface Places {
  readonly store: FactStore;
  readonly loop: SourceLoop;
  readonly sourceWorker: SourceWorker;
  readonly workers: readonly BackendWorker[];
}

/** Audits places now, and repairs what can be repaired. Rejects for an unknown place. */
export async function auditPlaces(
  places: Places,
  request: AuditRequest,
  signal: AbortSignal,
): Promise<AuditReport[]> {
  const { loop, sourceWorker, store, workers } = places;
  const { backends: names } = request;
  const unknown = names?.find(
    (name) => name !== SOURCE_NAME && !workers.some((worker) => worker.name === name),
  );
  if (unknown !== undefined) throw notConfigured(unknown);
  await loop.poll(signal, { refresh: true, care: 'names' });
  throwIfAborted(signal);
  const chosen = workers.filter(({ name }) => names?.includes(name) ?? true);
  const withSource = names?.includes(SOURCE_NAME) !== false;
  const requested = [...(withSource ? [SOURCE_NAME] : []), ...chosen.map(({ name }) => name)];
  if (loop.view === undefined) return requested.map((place) => notCompared(place, store));
  const [source, reports] = await Promise.all([
    withSource ? sourceWorker.audit(signal) : undefined,
    auditBackends({ chosen, workers }, request, signal),
  ]);
  throwIfAborted(signal);
  return [...(source === undefined ? [] : [source]), ...reports];
}

/** Without a view of the source, there is nothing to compare a backend with. */
function notCompared(place: string, store: FactStore): AuditReport {
  const { source, other } = whyNoView({ store });
  return { place, trouble: place === SOURCE_NAME ? source : other };
}

interface Backends {
  readonly chosen: readonly BackendWorker[];
  /** all of the client */
  readonly workers: readonly BackendWorker[];
}

/** Audits backends, and repairs them when all are audited, because one may have what another has lost. */
async function auditBackends(
  { chosen, workers }: Backends,
  request: AuditRequest,
  signal: AbortSignal,
): Promise<AuditReport[]> {
  const troubles = await Promise.all(chosen.map(async (worker) => worker.audit(signal)));
  const audited = chosen.filter((_, i) => troubles[i] === undefined);
  const repairs = await repair({ chosen: audited, workers }, signal);
  return chosen.map((worker, i) => {
    const [trouble, repairTrouble] = [troubles[i], repairs.get(worker)];
    if (trouble !== undefined) return { place: worker.name, trouble };
    const isRepaired = repairTrouble === undefined || !worker.hasRepairs;
    return { ...worker.audited(request), ...(!isRepaired && { repairTrouble }) };
  });
}

type Troubles = ReadonlyMap<BackendWorker, AuditReport['repairTrouble']>;

/** Brings back what is lost, and returns why that failed. */
async function repair({ chosen, workers }: Backends, signal: AbortSignal): Promise<Troubles> {
  const each = (act: (worker: BackendWorker) => Promise<AuditReport['repairTrouble']>) =>
    Promise.all(chosen.map(async (worker) => [worker, await act(worker)] as const));
  const bySource = await each(async (worker) => worker.repairFromSource(signal));
  if (!chosen.some((worker) => worker.hasRepairs)) return new Map(bySource);
  const unknown = workers.filter((worker) => worker.offer.length === 0);
  await Promise.all(unknown.map(async (worker) => worker.audit(signal)));
  const byOthers = await each(async (worker) => worker.repairFromOthers(signal));
  return new Map([...bySource, ...byOthers.filter(([, trouble]) => trouble !== undefined)]);
}
