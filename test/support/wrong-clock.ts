import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { endianness } from 'node:os';
import { join } from 'node:path';
import { systemClock, type Clock } from '../../src/runtime/clock.ts';
import { temporaryDirectory } from './temp.ts';
import { tool } from './tools.ts';

/** A clock for processes that are started with its environment; right until it is set. Needs 'wrong-clock'. */
export class WrongClock {
  /** The same for what runs in this process. */
  readonly clock: Clock = { ...systemClock, now: () => Date.now() + this.#aheadMs };
  readonly #file = join(temporaryDirectory(), 'clock');
  #aheadMs = 0;

  constructor() {
    writeFileSync(this.#file, Buffer.alloc(8));
  }

  get environment(): Readonly<Record<string, string>> {
    return { LD_PRELOAD: tool('wrong-clock'), CLOCK_FILE: this.#file };
  }

  /** Sets it ahead by so many seconds (behind, if negative), at once, also for processes that run already. */
  set(seconds: number): void {
    this.#aheadMs = seconds * 1000;
    const bytes = Buffer.alloc(8);
    if (endianness() === 'LE') bytes.writeBigInt64LE(BigInt(seconds));
    else bytes.writeBigInt64BE(BigInt(seconds));
    const fd = openSync(this.#file, 'r+'); // it is mapped: a file of the same name would be another one
    writeSync(fd, bytes, 0, bytes.length, 0);
    closeSync(fd);
  }
}
