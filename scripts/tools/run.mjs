import { spawn } from 'node:child_process';
import { clearTimeout, setTimeout } from 'node:timers';

/**
 * Runs a command to its end and returns what it printed (stdout, then stderr).
 * Throws, with the end of its output, when it cannot be started, fails or exceeds its time.
 */
export function run(command, args, { cwd, env, timeoutMs = 600_000 } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // Not spawn's own `timeout`: that keeps the process alive when the program does not exist.
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(new Error(error.code === 'ENOENT' ? `needs ${command}` : error.message));
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) return resolve(stdout + stderr);
      const tail = (stdout + stderr).trim().split('\n').slice(-4).join(' | ');
      reject(new Error(`${command} ${args[0] ?? ''} ended with ${signal ?? code}: ${tail}`));
    });
  });
}
