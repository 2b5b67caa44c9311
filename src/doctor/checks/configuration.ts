import { foldAlike, isError } from '../../config/problem.ts';
import type { ConfigProblem } from '../../config/types.ts';
import { plural } from '../../runtime/plural.ts';
import type { Check } from '../check.ts';
import type { Judgement } from '../finding.ts';

/** The verdict of `check-config`. */
export const configuration: Check = {
  name: 'configuration',
  run: ({ config, problems }) =>
    Promise.resolve(judgeConfiguration(problems, config?.clients.length ?? 0)),
};

/** Pure. */
export function judgeConfiguration(
  problems: readonly ConfigProblem[],
  clients: number,
): readonly Judgement[] {
  if (problems.length > 0) return foldAlike(problems).map(judge);
  if (clients > 0)
    return [{ severity: 'ok', message: `valid; ${plural(clients, 'client')} can run` }];
  return [
    {
      severity: 'warning',
      message: 'no client is configured, so nothing is replicated',
      hint: 'add the first one: backup-syncd client add NAME',
    },
  ];
}

function judge(problem: ConfigProblem): Judgement {
  const { file, line, column, key, message } = problem;
  const client = /^clients\/(.+)\.yaml$/.exec(file)?.[1];
  const at = line === 0 ? file : `${file}:${line}:${column}`;
  return {
    severity: isError(problem) ? 'error' : 'warning',
    ...(client !== undefined && { client }),
    message: [at, key, message].filter((part) => part !== '').join(': '),
  };
}
