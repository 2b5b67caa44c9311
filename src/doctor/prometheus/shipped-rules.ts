import { readFile } from 'node:fs/promises';
import * as z from 'zod/mini';
import { parseYamlFile } from '../../config/yaml-file.ts';
import { packageFile } from '../../runtime/package-files.ts';
import type { RulesFound } from './judge-rules.ts';

const File = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.optional(z.string()),
          record: z.optional(z.string()),
          expr: z.string(),
        }),
      ),
    }),
  ),
});

/** The alert rules that come with this version. */
export async function shippedRules(): Promise<Pick<RulesFound, 'shipped' | 'file'>> {
  const file = packageFile('alerts/backup-syncd.rules.yml');
  const { value } = parseYamlFile({ path: file, text: await readFile(file, 'utf8') });
  const rules = File.parse(value).groups.flatMap((group) => group.rules);
  return {
    file,
    shipped: rules.map(({ alert, record, expr }) => ({ name: alert ?? record ?? '', expr })),
  };
}
