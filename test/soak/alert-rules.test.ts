import { ruleTests, testAlertRules } from '../suites/alert-rules.ts';

testAlertRules('debian12', ruleTests);
