import * as z from 'zod/mini';
import { describeInvalid } from './values.ts';

const WANTED = 'a list: the absolute path of the program, then its arguments';

/** A program with its arguments, run without a shell. */
export function command(meta: { readonly description: string; readonly examples: string[][] }) {
  const example = meta.examples[0]?.[0] ?? '';
  return z
    .array(
      z.string({ error: (issue) => describeInvalid(issue.input, 'a text; put it in quotes') }),
      {
        error: (issue) => describeInvalid(issue.input, `${WANTED}, e.g. [${example}]`),
      },
    )
    .check(z.superRefine(checkProgram))
    .register(z.globalRegistry, meta);
}

function checkProgram(given: readonly string[], context: z.core.$RefinementCtx): void {
  const [program] = given;
  const addProblem = (message: string, at: number[] = []) =>
    context.addIssue({ code: 'custom', path: at, message });
  if (program === undefined) addProblem(`is empty; it must be ${WANTED}`);
  else if (!program.startsWith('/'))
    addProblem(describeInvalid(program, 'an absolute path; write it from the root'), [0]);
  const at = given.findIndex((argument) => argument.includes('\0'));
  if (at >= 0) addProblem('contains a NUL character, which no argument can', [at]);
}
