import {
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
} from 'yaml';
import type { Document, Pair, YAMLError } from 'yaml';
import type { ConfigFile, ConfigProblem } from './types.ts';

export type KeyPath = readonly (string | number)[];
export type Values = Readonly<Record<string, unknown>>;

interface Place {
  readonly line: number;
  readonly column: number;
}

/** A parsed file: its plain value, and the position of each part in the text. */
export interface YamlFile {
  readonly path: string;
  /** undefined when the text is not YAML; an empty file is an empty map */
  readonly value: unknown;
  readonly problems: readonly ConfigProblem[];
  /** the position of a value, or of its key; undefined when the file has no such key */
  readonly locate: (path: KeyPath, part?: 'key' | 'value') => Place | undefined;
}

const MAX_ALIASES = 100;
const START: Place = { line: 1, column: 1 };

/** Parses YAML 1.2 core, one document. Syntax errors, duplicate keys and custom tags become problems. */
export function parseYamlFile({ path, text, fault }: ConfigFile): YamlFile {
  if (fault === undefined) return parseText(path, text);
  const problem = { file: path, line: 0, column: 0, key: '', message: fault };
  return { path, value: undefined, problems: [problem], locate: () => undefined };
}

function parseText(path: string, text: string): YamlFile {
  const counter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: counter,
    prettyErrors: false,
    schema: 'core',
    version: '1.2',
    uniqueKeys: true,
  });
  const placeOf = (offset: number): Place => placeAt(counter, offset);
  const faults: YAMLError[] = [...document.errors, ...document.warnings];
  const problems = faults.map((fault): ConfigProblem => {
    const { key, message } = describeFault(fault, document);
    return { file: path, ...placeOf(fault.pos[0]), key, message };
  });
  const locate: YamlFile['locate'] = (keys, part = 'value') => {
    const offset = offsetOf(document, keys, part);
    return offset === undefined ? undefined : placeOf(offset);
  };
  if (faults.some((fault) => fault.code !== 'DUPLICATE_KEY')) {
    return { path, value: undefined, problems, locate };
  }
  const loose = findLooseAlias(document);
  if (loose !== undefined) {
    const message = `*${loose.name} refers to nothing; put &${loose.name} before the value that it refers to`;
    const problem = { file: path, ...placeOf(loose.offset), key: '', message };
    return { path, value: undefined, problems: [...problems, problem], locate };
  }
  return { path, problems, locate, value: undefined, ...toValue(document, path, problems) };
}

/** The likely value of a top-level key in a file that is not valid YAML. */
export function guessValue({ text }: ConfigFile, key: string): unknown {
  const { contents } = parseDocument(text, { prettyErrors: false, schema: 'core', version: '1.2' });
  return isMap(contents) ? contents.get(key) : undefined;
}

/** The parser accepts an alias without its anchor; it fails only when it is resolved. */
function findLooseAlias(document: Document): { offset: number; name: string } | undefined {
  let found: { offset: number; name: string } | undefined;
  visit(document, {
    Alias(_, node) {
      if (node.resolve(document) !== undefined) return undefined;
      found = { offset: node.range?.[0] ?? 0, name: node.source };
      return visit.BREAK;
    },
  });
  return found;
}

/** The dotted path of the key at an offset. */
function keyAt(document: Document, offset: number): string {
  let found = '';
  visit(document, {
    Pair(_, pair, ancestors) {
      if (!isNode(pair.key) || pair.key.range?.[0] !== offset) return undefined;
      found = [...ancestors, pair].filter(isPair).map(keyText).join('.');
      return visit.BREAK;
    },
  });
  return found;
}

function toValue(document: Document, file: string, problems: ConfigProblem[]): Partial<YamlFile> {
  try {
    return { value: document.toJS({ maxAliasCount: MAX_ALIASES }) ?? {} };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `not usable YAML (${reason}); write the values out instead of using aliases`;
    return { problems: [...problems, { file, ...START, key: '', message }] };
  }
}

function placeAt(counter: LineCounter, offset: number): Place {
  const { line, col } = counter.linePos(offset);
  return line === 0 ? START : { line, column: col };
}

function describeFault(fault: YAMLError, document: Document): { key: string; message: string } {
  if (fault.code === 'DUPLICATE_KEY') {
    return {
      key: keyAt(document, fault.pos[0]),
      message: 'this key is given twice; keep one of them',
    };
  }
  if (fault.code === 'MULTIPLE_DOCS') {
    return {
      key: '',
      message: 'a second document begins here, but a file holds only one; remove the "---"',
    };
  }
  const reason = fault.message.replaceAll(/\s+/g, ' ').trim();
  return { key: '', message: `not valid YAML: ${reason}` };
}

interface Step {
  readonly key: unknown;
  readonly value: unknown;
}

function offsetOf(document: Document, keys: KeyPath, part: 'key' | 'value'): number | undefined {
  let step: Step = { key: undefined, value: document.contents };
  for (const key of keys) {
    const next = stepInto(isAlias(step.value) ? step.value.resolve(document) : step.value, key);
    if (next === undefined) return undefined;
    step = next;
  }
  const isKeyWanted = part === 'key' || !isNode(step.value);
  const wanted = isKeyWanted && isNode(step.key) ? step.key : step.value;
  return isNode(wanted) ? wanted.range?.[0] : undefined;
}

function stepInto(holder: unknown, key: string | number): Step | undefined {
  if (isSeq(holder)) {
    const value = holder.items[Number(key)];
    return value === undefined ? undefined : { key: undefined, value };
  }
  return isMap(holder) ? holder.items.findLast((pair) => keyText(pair) === key) : undefined;
}

function keyText(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
}

/** A value of a file that should be a map; empty for anything else. */
export function mapOf(value: unknown): Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Values)
    : {};
}
