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
  const chosen = workers.filter(({ name }) => names?.includes(name) ?? true);
  const [source, reports] = await Promise.all([
    names?.includes(SOURCE_NAME) === false ? undefined : sourceWorker.audit(signal),
    auditBackends({ chosen, workers }, request, signal),
  ]);
  throwIfAborted(signal);
  const { trouble } = store.source.health;
  const all = [...(source === undefined ? [] : [source]), ...reports];
  if (loop.view !== undefined || trouble === undefined) return all;
  // without a view, there is nothing to compare a backend with
  const because = { message: `the source cannot be read: ${trouble.message}`, hint: trouble.hint };
  return all.map(({ place }) => ({
    place,
    trouble: place === SOURCE_NAME ? trouble : because,
  }));
}

interface Backends {
  readonly chosen: readonly BackendWorker[];
  /** all of the client */
  readonly workers: readonly BackendWorker[];
}

/** Audits backends, and repairs them when all are audited: what one has lost, another may give. */
async function auditBackends(
  { chosen, workers }: Backends,
  request: AuditRequest,
  signal: AbortSignal,
): Promise<AuditReport[]> {
  const each = <T>(act: (worker: BackendWorker) => Promise<T>) => Promise.all(chosen.map(act));
  const troubles = await each(async (worker) => worker.audit(signal));
  let repairs = await each(async (worker) => worker.repairFromSource(signal));
  if (chosen.some((worker) => worker.hasRepairs)) {
    const unknown = workers.filter((worker) => worker.offer.length === 0);
    await Promise.all(unknown.map(async (worker) => worker.audit(signal)));
    const others = await each(async (worker) => worker.repairFromOthers(signal));
    repairs = repairs.map((trouble, i) => others[i] ?? trouble);
  }
  return chosen.map((worker, i) => {
    const [trouble, repairTrouble] = [troubles[i], repairs[i]];
    if (trouble !== undefined) return { place: worker.name, trouble };
    const isRepaired = repairTrouble === undefined || !worker.hasRepairs;
    return { ...worker.audited(request), ...(!isRepaired && { repairTrouble }) };
  });
}
