import { RETIRE_STEPS } from '../../src/backends/retire.ts';
import { testRetireKills } from '../suites/retire-kill.ts';

testRetireKills(
  'S3',
  'debian12',
  RETIRE_STEPS.filter((step) => step.endsWith('-copied')),
);
// A rename is one step, so nothing is copied in a directory.
testRetireKills(
  'directory',
  'newest',
  RETIRE_STEPS.filter((step) => !step.endsWith('-copied')),
);
