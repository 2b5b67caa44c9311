import * as z from 'zod/mini';
import { client } from './schema/client.ts';
import { daemon } from './schema/daemon.ts';

/** JSON Schema (draft 7, which editors know best) of what may be written in a file. */
export function renderJsonSchema(kind: 'daemon' | 'client'): string {
  const schema = z.toJSONSchema(kind === 'daemon' ? daemon : client, {
    io: 'input',
    target: 'draft-7',
    // For what is parsed, zod takes defaults and examples for parsed ones and drops them.
    override: ({ zodSchema, jsonSchema }) => {
      const { default: given, examples } = z.globalRegistry.get(zodSchema) ?? {};
      if (given !== undefined) jsonSchema.default = given;
      if (examples !== undefined) jsonSchema.examples = examples as string[];
    },
  });
  return `${JSON.stringify(schema, null, 2)}\n`;
}
