import { ruleTests, testAlertRules } from '../suites/alert-rules.ts';
import { generations } from '../support/tools.ts';

for (const generation of generations) testAlertRules(generation, ruleTests, 'all');
