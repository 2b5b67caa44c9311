import type { z } from 'zod/mini';
import { $ZodArray, $ZodObject, $ZodOptional, $ZodUnion } from 'zod/v4/core';
import { findSimilar, hasAnotherKind } from './suggest.ts';
import { describeInvalid } from '../schema/values.ts';
import type { ConfigProblem } from './types.ts';
import type { KeyPath, YamlFile } from './yaml-file.ts';

type Shape = Readonly<Record<string, z.core.$ZodType>>;

interface Context {
  readonly file: YamlFile;
  readonly schema: z.core.$ZodType;
}

/** Converts an issue of zod to problems in our words, each at its position in the file. */
export function describeIssue(issue: z.core.$ZodIssue, context: Context): ConfigProblem[] {
  const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => describeUnknownKey([...path, key], context));
  }
  const nested = issue.code === 'invalid_union' ? ofAlternative(issue) : undefined;
  if (nested !== undefined) return nested.flatMap((one) => describeIssue(one, context));
  if (isMissedForAnotherKind(path, context.file.value)) return [];
  return [problemAt(context.file, path, messageOf(issue, path, context))];
}

/** The issues of the one alternative that has the type of the value; undefined if none has. */
function ofAlternative({ errors, path }: z.core.$ZodIssueInvalidUnion) {
  const meant = errors.find((issues) =>
    issues.every((one) => one.code !== 'invalid_type' || one.path.length > 0),
  );
  return meant?.map((one) => ({ ...one, path: [...path, ...one.path] }));
}

/** A problem at the position of a value or, if the file has none, of its parent. */
export function problemAt(file: YamlFile, path: KeyPath, message: string): ConfigProblem {
  let place = file.locate(path);
  for (let length = path.length - 1; place === undefined && length >= 0; length -= 1) {
    place = file.locate(path.slice(0, length), 'key');
  }
  return { file: file.path, ...(place ?? { line: 1, column: 1 }), key: formatPath(path), message };
}

/** `defaults.backends[1].name` */
export function formatPath(path: KeyPath): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
    .join('')
    .replace(/^\./, '');
}

function messageOf(issue: z.core.$ZodIssue, path: KeyPath, { file, schema }: Context): string {
  if (issue.code !== 'invalid_type' || issue.expected !== 'object') return issue.message;
  if (issue.message !== 'Invalid input') return issue.message; // the schema has its own words
  const keys = Object.keys(shapeAt(schema, path)).join(', ');
  return describeInvalid(valueAt(file.value, path), `a map; its keys are ${keys}`);
}

function describeUnknownKey(path: KeyPath, { file, schema }: Context): ConfigProblem {
  const key = String(path.at(-1));
  const known = Object.keys(shapeAt(schema, path.slice(0, -1)));
  const place = file.locate(path, 'key') ?? { line: 1, column: 1 };
  const message = `unknown key; ${suggest(key, known, schema)}`;
  return { file: file.path, ...place, key: formatPath(path), message };
}

function suggest(key: string, known: readonly string[], schema: z.core.$ZodType): string {
  const similar = findSimilar(key, known);
  if (similar !== undefined) return `did you mean "${similar}"?`;
  const elsewhere = findKey(schema, key);
  if (elsewhere !== undefined) return `"${key}" belongs at ${elsewhere}`;
  return `the keys here are ${known.join(', ')}`;
}

/** Finds another place in the file where a key with this name would be right. */
function findKey(schema: z.core.$ZodType, key: string, prefix: KeyPath = []): string | undefined {
  const shape = shapeAt(schema, []);
  if (prefix.length > 0 && Object.hasOwn(shape, key)) return formatPath([...prefix, key]);
  for (const [name, inner] of Object.entries(shape)) {
    const found = findKey(inner, key, [...prefix, name]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isMissedForAnotherKind(path: KeyPath, value: unknown): boolean {
  return path.at(-1) === 'directory' && hasAnotherKind(valueAt(value, path.slice(0, -1)));
}

/** The value at a path; undefined where a parent is not a map or a list. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value;
  for (const key of path)
    found = typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined;
  return found;
}

/** The keys that the schema has at a path. */
function shapeAt(schema: z.core.$ZodType, path: KeyPath): Shape {
  let inner: unknown = unwrap(schema);
  for (const key of path) {
    if (inner instanceof $ZodArray) inner = unwrap(inner._zod.def.element);
    else inner = unwrap(shapeOf(inner)[key]);
  }
  return shapeOf(inner);
}

function shapeOf(schema: unknown): Shape {
  return schema instanceof $ZodObject ? schema._zod.def.shape : {};
}

/** The schema below wrappers such as `optional`; in a union, the alternative that is a map. */
function unwrap(schema: unknown): unknown {
  if (schema instanceof $ZodUnion)
    return schema._zod.def.options.find((option) => option instanceof $ZodObject);
  return schema instanceof $ZodOptional ? schema._zod.def.innerType : schema;
}
