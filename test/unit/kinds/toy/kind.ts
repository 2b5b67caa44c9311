import { defineRole, type Kind } from '../../../../src/kinds/kind.ts';
import { marked } from '../../../../src/kinds/marked.ts';
import { text } from '../../../../src/schema/values.ts';
import type { ToyConfig } from './config.ts';

/** A kind of place that CONTRIBUTING.md's recipe makes: places in memory, by their names. */
const role = defineRole('toy', {
  keys: () => ({
    toy: text({
      pattern: /^[a-z/{}]+$/,
      wanted: 'the name of a toy',
      description: 'The name of a place in memory.',
      parse: (value) => ({ value }),
    }),
  }),
  build: ({ toy: name }, { fill }): ToyConfig => ({ kind: 'toy', toy: fill(name) }),
});

export const toy: Kind = {
  name: 'toy',
  example: 'toy: NAME',
  place: {
    traits: (config) => ({
      label: (config as ToyConfig).toy,
      isDirectory: false,
      isRemote: false,
      tool: undefined,
      probeEveryMs: undefined,
      listEveryMs: 86_400_000,
      restic: { label: 'toy', repository: 'toy', variables: () => ({}) },
      commandToDelete: (path) => `forget ${path}`,
      commandToDeleteAll: 'forget',
    }),
    load: async () => import('./open.ts'),
  },
  source: { ...role, watch: () => ({ directory: undefined, isPossible: false }) },
  backend: marked(role),
  verified: role,
};
