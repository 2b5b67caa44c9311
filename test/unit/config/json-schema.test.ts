import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { renderJsonSchema } from '../../../src/config/json-schema.ts';

const docs = join(import.meta.dirname, '../../../docs');

test.each([
  ['daemon', 'backup-syncd.schema.json'],
  ['client', 'client.schema.json'],
] as const)('the schema of the %s file in docs/ is current', (kind, file) => {
  expect(readFileSync(join(docs, file), 'utf8')).toBe(renderJsonSchema(kind));
});

test('every key is described, here and in docs/configuration.md', () => {
  const text = readFileSync(join(docs, 'configuration.md'), 'utf8');
  const undescribed: string[] = [];
  for (const kind of ['daemon', 'client'] as const) {
    collectKeys(JSON.parse(renderJsonSchema(kind)) as Node, (key, { description }) => {
      if (description === undefined || !text.includes(`\`${key}\``)) undescribed.push(key);
    });
  }

  expect(undescribed).toEqual([]);
});

interface Node {
  readonly description?: string;
  readonly properties?: Record<string, Node>;
  readonly items?: Node;
}

function collectKeys(node: Node, visit: (key: string, node: Node) => void): void {
  for (const [key, child] of Object.entries(node.properties ?? {})) {
    visit(key, child);
    collectKeys(child, visit);
  }
  if (node.items !== undefined) collectKeys(node.items, visit);
}
