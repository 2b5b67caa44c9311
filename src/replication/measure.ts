import type { Location } from '../locations/location.ts';
import { Catalogue, plus } from '../repository/catalogue.ts';
import { finishPlan, type Phase, type Plan } from './plan.ts';

/** Objects that are asked for in one call. */
const CHUNK = 1_000;

/**
 * A plan whose sizes are known, for a view that was taken by names alone: batches and free space are judged by them, and
 * an object that changed since is told by its size. What has vanished keeps an unknown size.
 */
export async function measurePlan(
  plan: Plan,
  source: Location,
  signal: AbortSignal,
): Promise<Plan> {
  const phases = await Promise.all(plan.phases.map((phase) => measure(phase, source, signal)));
  return finishPlan(plan.view, plan.sendsConfig, phases);
}

async function measure(phase: Phase, source: Location, signal: AbortSignal): Promise<Phase> {
  const unknown = [...phase.send.entries()].filter(({ size }) => size === undefined);
  let { send } = phase;
  for (let i = 0; i < unknown.length; i += CHUNK) {
    const ids = unknown.slice(i, i + CHUNK).map(({ id }) => id);
    const found = await source.stat(phase.kind, ids, { signal });
    send = plus(send, Catalogue.from(found.map(({ id, size }) => [id, size])));
  }
  return { ...phase, send };
}
