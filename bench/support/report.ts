import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, availableParallelism, loadavg, release } from 'node:os';
import { join } from 'node:path';
import { packageVersion } from '../../src/runtime/package-files.ts';
import { formatValue, isMet, type Row } from './result.ts';
import { findRclone } from './tools.ts';

export interface CaseResult {
  readonly name: string;
  readonly seconds: number;
  readonly rows: readonly Row[];
  /** why it could not be measured */
  readonly error?: string;
}

export function describeMachine(): Record<string, string> {
  return {
    'backup-syncd': packageVersion(),
    node: process.version,
    rclone: findRclone().version,
    kernel: `${release()} ${arch()}`,
    cores: String(availableParallelism()),
  };
}

export function table(results: readonly CaseResult[]): string {
  const lines = results.flatMap(({ name, rows, error }) => [
    ...rows.map((row) => cells(row).join(' | ')),
    ...(error === undefined ? [] : [`${name} | | ${error.split('\n')[0] ?? ''} | | FAILED | `]),
  ]);
  return [
    '| what | target | measured | times | | |',
    '|---|---|---|---|---|---|',
    ...lines.map((line) => `| ${line} |`),
  ].join('\n');
}

function cells(row: Row): string[] {
  const { what, target, value, unit, samples, note = '' } = row;
  const met = isMet(row);
  return [
    what,
    target === undefined ? '' : `${target.is === 'at most' ? '≤' : '≥'} ${target.limit} ${unit}`,
    formatValue(value, unit),
    String(samples),
    met === undefined ? '' : met ? 'met' : '**MISSED**',
    note,
  ];
}

interface Written {
  readonly machine: Record<string, string>;
  readonly results: readonly CaseResult[];
}

/** bench/results/DATE-NODE.md and .json; cases that were measured on the same day with the same versions stay in it. */
export function writeResults(measured: readonly CaseResult[], directory: string): string {
  mkdirSync(directory, { recursive: true });
  const date = new Date().toISOString().slice(0, 10);
  const machine = describeMachine();
  const file = join(directory, `${date}-${process.version}`);
  const before = readWritten(`${file}.json`);
  const isSame = JSON.stringify(before?.machine) === JSON.stringify(machine);
  const byName = new Map(
    [...(isSame ? (before?.results ?? []) : []), ...measured].map((each) => [each.name, each]),
  );
  const results = [...byName.values()];
  const versions = Object.entries(machine).map(([name, version]) => `${name} ${version}`);
  const text = [
    `# Measured on ${date}`,
    versions.join(' · '),
    `Ratios are medians of ratios, each within one round of one case; load of the machine at the end: ${loadavg()[1]?.toFixed(1) ?? '?'}.`,
    table(results),
  ];
  writeFileSync(`${file}.md`, `${text.join('\n\n')}\n`);
  writeFileSync(`${file}.json`, `${JSON.stringify({ date, machine, results }, undefined, 2)}\n`);
  return `${file}.md`;
}

function readWritten(file: string): Written | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Written;
  } catch {
    return undefined;
  }
}
