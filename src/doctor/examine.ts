import { fired, isAbort, throwIfAborted, withDeadline } from '../runtime/abort.ts';
import { errorMessage } from '../runtime/system-error.ts';
import type { Check } from './check.ts';
import type { Finding } from './finding.ts';
import type { Site } from './site.ts';

/** How long one check may take, in milliseconds. */
const DEADLINE_MS = 120_000;

/**
 * Runs all checks at the same time and yields the findings of each, in the order of the checks. A check that fails, or does not
 * end in time, is a finding of its own.
 */
export async function* examine(
  checks: readonly Check[],
  site: Site,
  {
    signal,
    deadlineMs = DEADLINE_MS,
  }: { readonly signal: AbortSignal; readonly deadlineMs?: number },
): AsyncGenerator<readonly Finding[]> {
  const running = checks.map((check) => runCheck(check, site, { signal, deadlineMs }));
  for (const findings of running) {
    yield await findings;
    throwIfAborted(signal);
  }
}

async function runCheck(
  { name, run }: Check,
  site: Site,
  { signal, deadlineMs }: { readonly signal: AbortSignal; readonly deadlineMs: number },
): Promise<readonly Finding[]> {
  const unknown = (message: string): Finding[] => [{ check: name, severity: 'unknown', message }];
  const deadline = withDeadline(signal, deadlineMs);
  const late = `it did not end within ${deadlineMs / 1000} s`;
  try {
    const found = await Promise.race([run(site, deadline), fired(deadline).then(() => undefined)]);
    return found?.map((judgement) => ({ check: name, ...judgement })) ?? unknown(late);
  } catch (error) {
    return unknown(isAbort(error) ? late : errorMessage(error));
  }
}
