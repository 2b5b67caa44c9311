import { workerData } from 'node:worker_threads';
import { COUNTER } from './call-options.ts';

/** The counters that a thread shares with the caller of its present call. Outside of a thread, it is not read. */
const counters = workerData instanceof BigInt64Array ? workerData : new BigInt64Array(3);

/** Counts an object as done, for the caller. */
export function countObject(): void {
  Atomics.add(counters, COUNTER.objects, 1n);
}

/** Counts bytes as read, for the caller. Throws if the call was cancelled. */
export function countBytes(count: number): void {
  if (Atomics.load(counters, COUNTER.cancelled) !== 0n) throw new Error('cancelled');
  Atomics.add(counters, COUNTER.bytes, BigInt(count));
}
