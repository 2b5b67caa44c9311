import { loadConfig } from '../config/load.ts';
import { formatProblem, isError, listProblems, sortProblems } from '../config/problem.ts';
import { EXIT } from '../runtime/errors.ts';
import { requireAnswers } from './configured.ts';
import type { Context } from './context.ts';
import { lookAtPlaces } from './look-at-places.ts';
import { plural } from '../runtime/plural.ts';

export interface CheckConfigOptions {
  readonly configDir: string;
  readonly json?: boolean;
}

/** `check-config`: every problem of the configuration, and of the places that it names. */
export async function checkConfig(context: Context, options: CheckConfigOptions): Promise<number> {
  await requireAnswers(context, { configuration: options.configDir });
  const loaded = await loadConfig(options.configDir);
  const places = loaded.config === undefined ? [] : await lookAtPlaces(context, loaded.config);
  const problems = sortProblems([...listProblems(loaded), ...places]);
  const errors = problems.filter(isError).length;
  if (options.json === true) {
    context.json({ schemaVersion: 1, problems });
  } else {
    for (const problem of problems) context.err(formatProblem(problem));
    context.out(summary(errors, problems.length - errors, loaded.config?.clients.length ?? 0));
  }
  return errors > 0 ? EXIT.configuration : EXIT.ok;
}

function summary(errors: number, warnings: number, clients: number): string {
  const found = [count(errors, 'error'), count(warnings, 'warning')].filter(Boolean).join(', ');
  return `${found === '' ? 'no problems' : found}; ${count(clients, 'client') || 'no client'} can run`;
}

function count(number: number, word: string): string {
  return number === 0 ? '' : plural(number, word);
}
