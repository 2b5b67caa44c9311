import { testTurns } from '../suites/restore-check-turns.ts';

testTurns(20);
