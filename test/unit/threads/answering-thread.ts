import { parentPort } from 'node:worker_threads';

/** A thread for tests: each call sleeps as long as it says, then answers. */

export interface Request {
  readonly ms?: number;
  readonly result?: unknown;
  readonly error?: unknown;
  readonly ends?: boolean;
}

const clock = new Int32Array(new SharedArrayBuffer(4));

parentPort?.on('message', ({ ms = 0, result, error, ends }: Request) => {
  Atomics.wait(clock, 0, 0, ms);
  if (ends === true) process.exit(1);
  parentPort?.postMessage(error === undefined ? { result } : { error });
});
