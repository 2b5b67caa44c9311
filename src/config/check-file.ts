import type { z } from 'zod/mini';
import { describeIssue, valueAt } from './issues.ts';
import type { ConfigProblem } from './types.ts';
import type { YamlFile } from './yaml-file.ts';

/** A file checked against its schema. */
export interface Checked<T> {
  readonly file: YamlFile;
  readonly problems: readonly ConfigProblem[];
  /** its final values; if there are problems, the remaining values, which are enough to look for more */
  readonly value: T | undefined;
}

/** Never throws: all problems of the file are in `problems`. */
export function checkFile<T>(file: YamlFile, schema: z.ZodMiniType<T>): Checked<T> {
  if (file.value === undefined) return { file, problems: file.problems, value: undefined };
  const parsed = schema.safeParse(file.value);
  if (parsed.success) return { file, problems: file.problems, value: parsed.data };
  const problems = parsed.error.issues.flatMap((issue) => describeIssue(issue, { file, schema }));
  return {
    file,
    problems: [...file.problems, ...problems],
    value: salvage(file.value, schema, parsed.error.issues),
  };
}

/** First without the invalid values, then without the lists whose entries need them. */
function salvage<T>(
  value: unknown,
  schema: z.ZodMiniType<T>,
  issues: readonly z.core.$ZodIssue[],
): T | undefined {
  const first = schema.safeParse(withoutFaults(value, issues));
  if (first.success) return first.data;
  const lists = issues.map((issue) => {
    const index = issue.path.findIndex((key) => typeof key === 'number');
    return index < 0
      ? issue
      : { ...issue, code: 'custom' as const, path: issue.path.slice(0, index) };
  });
  return schema.safeParse(withoutFaults(value, lists)).data;
}

/** The content without the invalid parts, so that the rest can still be checked. */
function withoutFaults(value: unknown, issues: readonly z.core.$ZodIssue[]): unknown {
  const copy: unknown = structuredClone(value);
  for (const issue of issues) {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : [undefined];
    for (const key of keys) remove(copy, key === undefined ? issue.path : [...issue.path, key]);
  }
  return copy;
}

function remove(value: unknown, keys: readonly PropertyKey[]): void {
  const holder = valueAt(value, keys.slice(0, -1));
  const last = keys.at(-1);
  if (typeof holder !== 'object' || holder === null || Array.isArray(holder)) return;
  if (last !== undefined) Reflect.deleteProperty(holder, last);
}
