#!/usr/bin/env node
import { writeSync } from 'node:fs';
import { runProgram } from './cli/program.ts';
import { watchSignals } from './cli/signals.ts';

process.on('uncaughtException', endAfterBug);
void main();

/** Arguments, signals, exit code: the only place where the process is ended. */
async function main(): Promise<void> {
  process.exitCode = 1; // should the process end before it is told how, that is no success
  const signals = watchSignals(process);
  const { exitCode, mayHang } = await runProgram(process.argv.slice(2), signals);
  if (!mayHang) process.exit(exitCode);
  // a thread that waits for a dead mount cannot be ended from within, and would keep the process alive forever
  signals.restore();
  process.kill(process.pid, signals.exitCode() === 130 ? 'SIGINT' : 'SIGTERM');
}

/** Ends the process after an error that nothing handles, or a promise that nothing awaits. `process.exit` would wait for threads that hang. */
function endAfterBug(error: Error): void {
  try {
    writeSync(2, `backup-syncd: ${error.stack ?? String(error)}\n`);
  } catch {
    // nothing reads it
  }
  process.kill(process.pid, 'SIGKILL'); // which a supervisor takes for a failure, unlike SIGTERM
}
