import { isDeepStrictEqual } from 'node:util';
import { isMap, isNode, isScalar, parseDocument, stringify, visit } from 'yaml';
import type { Document, Pair, ParsedNode, Scalar as ScalarNode } from 'yaml';

/** New values of top-level keys; undefined removes the key. */
export type Changes = Readonly<Record<string, unknown>>;

/**
 * Changes top-level keys of a YAML map, and keeps everything else, comments included. New keys come last. Where that is possible,
 * no other line is touched. Otherwise the file is written again: its lines may then be indented or quoted in another way, but
 * mean the same. Pure.
 *
 * @returns undefined if the text is not a map, or not valid YAML
 */
export function editYaml(text: string, changes: Changes): string | undefined {
  return ifPossible(() => edit(text, changes));
}

function edit(text: string, changes: Changes): string | undefined {
  const document = parse(text);
  if (document.errors.length > 0) return undefined;
  if (isNothing(document.contents)) document.contents = document.createNode({});
  if (!isMap(document.contents)) return undefined;
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) removeKey(document, key);
    else setKey(document, key, value);
  }
  const spliced = spliceAll(text, changes);
  const isRight = isDeepStrictEqual(valueOf(spliced), document.toJS());
  if (isRight) return spliced;
  const written = writeLike(text, document);
  return document.contents.items.length === 0 ? written.replace(/^\{\}(\r?\n)*/m, '') : written; // comments are left
}

/** The yaml package throws for an alias that has lost its anchor, or that stands for the map to be changed. */
function ifPossible(action: () => string | undefined): string | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

function parse(text: string): Document {
  return parseDocument(text, { schema: 'core', version: '1.2' });
}

/** A text without a key is an empty map. */
function valueOf(text: string): unknown {
  const document = parse(text);
  return document.errors.length > 0 ? undefined : (document.toJS() ?? {});
}

/** The changes to the text alone. The result is right only if it is then read as what was wanted. */
function spliceAll(text: string, changes: Changes): string {
  return Object.entries(changes).reduce((edited, [key, value]) => splice(edited, key, value), text);
}

function splice(text: string, key: string, value: unknown): string {
  const pair = findPair(parse(text), key);
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  if (pair !== undefined && isScalar(pair.value) && value !== undefined && !isObject(value)) {
    const [start = 0, end = 0] = pair.value.range ?? [];
    return text.slice(0, start) + stringify(value).trim() + text.slice(end);
  }
  const without = pair === undefined ? text : cut(text, pair);
  if (value === undefined) return without;
  const added = stringify({ [key]: value }, { lineWidth: 0 }).replaceAll('\n', eol);
  return without + (/(^|\n)$/.test(without) ? '' : eol) + added;
}

/** Removes the lines of a key. If they have a comment, they stay, and the document is written again instead. */
function cut(text: string, pair: Pair): string {
  const { key, value } = pair;
  const start = isNode(key) ? (key.range?.[0] ?? 0) : 0;
  const valueEnd = isNode(value) ? (value.range?.[1] ?? start) : start;
  const lineEnd = text.indexOf('\n', text[valueEnd - 1] === '\n' ? valueEnd - 1 : valueEnd) + 1;
  const end = lineEnd === 0 ? text.length : lineEnd;
  return hasComment(text.slice(start, end), text, pair)
    ? text
    : text.slice(0, start) + text.slice(end);
}

/** Whether a part of the text has a `#` that is not in a key or a value. */
function hasComment(part: string, text: string, pair: Pair): boolean {
  let inside = 0;
  const count = (given: string) => given.split('#').length - 1;
  const Scalar = (_: unknown, { range, comment }: ScalarNode) => {
    if (range && !comment) inside += count(text.slice(range[0], range[1]));
  };
  for (const each of [pair.key, pair.value]) if (isNode(each)) visit(each, { Scalar });
  return count(part) > inside;
}

function findPair({ contents }: Document, key: string): Pair | undefined {
  if (!isMap(contents)) return undefined;
  return contents.items.find((pair) => isScalar(pair.key) && pair.key.value === key);
}

/** A scalar keeps its node, and with it the comments beside it. Those of any other value move before its key. */
function setKey(document: Document, key: string, value: unknown): void {
  const pair = findPair(document, key);
  if (isScalar(pair?.value) && !isObject(value)) {
    pair.value.value = value;
    return;
  }
  const comment = pair === undefined ? '' : commentsOf(pair);
  document.set(key, document.createNode(value));
  if (comment !== '' && isNode(pair?.key)) pair.key.commentBefore = comment;
}

/** An empty file, or one that says `null`. */
function isNothing(contents: Document['contents']): boolean {
  return contents === null || (isScalar(contents) && contents.value === null);
}

function isObject(value: unknown): boolean {
  return typeof value === 'object';
}

/** The comments of the removed key move to the next one, or to the end of the file. */
function removeKey(document: Document, key: string): void {
  const { contents } = document;
  const pair = findPair(document, key);
  if (!isMap(contents) || pair === undefined) return;
  const index = contents.items.indexOf(pair);
  contents.items.splice(index, 1);
  const comment = commentsOf(pair);
  if (comment === '') return;
  const next = contents.items[index]?.key;
  if (isNode(next)) next.commentBefore = joined(comment, next.commentBefore);
  else document.comment = joined(comment, document.comment);
}

function commentsOf(pair: Pair): string {
  const found: string[] = [];
  const gather = (
    _: unknown,
    { commentBefore, comment }: Pick<ParsedNode, 'comment' | 'commentBefore'>,
  ) => {
    for (const text of [commentBefore, comment]) if (text) found.push(text);
  };
  for (const part of [pair.key, pair.value]) if (isNode(part)) visit(part, { Node: gather });
  return found.join('\n');
}

function joined(first: string, second: string | null | undefined): string {
  return second ? `${first}\n${second}` : first;
}

/** Writes a document with the indentation and the line ends of the original. */
function writeLike(original: string, document: Document): string {
  const [, spaces = ''] = /^( +)[^\s#-]/m.exec(original) ?? [];
  const written = document.toString({
    lineWidth: 0,
    indent: Math.min(Math.max(spaces.length, 2), 8),
    indentSeq: !/^-\s/m.test(original),
  });
  return original.includes('\r\n') ? written.replaceAll(/\r?\n/g, '\r\n') : written;
}

/**
 * Sets a value anywhere in a YAML map, as `editYaml` does: where that is possible, no other line is touched. Pure.
 *
 * @returns undefined if the text is not a map, or not valid YAML
 */
export function setInYaml(
  text: string,
  path: readonly (string | number)[],
  value: unknown,
): string | undefined {
  return ifPossible(() => set(text, path, value));
}

function set(text: string, path: readonly (string | number)[], value: unknown): string | undefined {
  const document = parse(text);
  if (document.errors.length > 0 || !isMap(document.contents)) return undefined;
  const before = document.getIn(path, true);
  const [start, end] = isScalar(before) ? (before.range ?? []) : [];
  if (isScalar(before) && !isObject(value)) before.value = value;
  else document.setIn(path, document.createNode(value));
  if (start === undefined || end === undefined) return writeLike(text, document);
  const spliced = text.slice(0, start) + stringify(value).trim() + text.slice(end);
  return isDeepStrictEqual(valueOf(spliced), document.toJS()) ? spliced : writeLike(text, document);
}
