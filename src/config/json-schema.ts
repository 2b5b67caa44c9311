import * as z from 'zod/mini';
import { client } from './schema/client.ts';
import { daemon } from './schema/daemon.ts';

/** The JSON Schema of a file (draft 7, which editors support best). */
export function renderJsonSchema(kind: 'daemon' | 'client'): string {
  const schema = z.toJSONSchema(kind === 'daemon' ? daemon : client, {
    io: 'input',
    target: 'draft-7',
    // zod drops defaults and examples of parsed values, because it expects them in parsed form.
    override: ({ zodSchema, jsonSchema }) => {
      const { default: given, examples } = z.globalRegistry.get(zodSchema) ?? {};
      if (given !== undefined) jsonSchema.default = given;
      if (examples !== undefined) jsonSchema.examples = examples as string[];
    },
  });
  return `${JSON.stringify(schema, null, 2)}\n`;
}
