import { testAuditRepairs } from '../suites/audit-repairs.ts';
import { generations } from '../support/tools.ts';

for (const generation of generations) testAuditRepairs(generation);
