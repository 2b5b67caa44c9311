import { expect, test } from '@jest/globals';
import { hintOf } from '../../../src/backends/same-repository.ts';
import { partsOf } from '../../../src/report/hint.ts';
import { outputHint } from '../../../src/work/script/run-script.ts';

const place = { client: 'ahost', backend: 'nas' };
const accept = 'backup-syncd backend accept-config ahost nas';

test.each([
  [hintOf(place, undefined), accept],
  [hintOf(place, 'config_changed'), accept],
  [hintOf(place, 'different_repository'), accept],
  [outputHint(place), 'backup-syncd --log-level info sync ahost --backend nas'],
])('the command ends the hint, so that it can be copied: %s', (hint, command) => {
  const commands = partsOf(hint).filter(({ isCommand }) => isCommand);

  expect(commands.map(({ text }) => text)).toEqual([command]);
});
