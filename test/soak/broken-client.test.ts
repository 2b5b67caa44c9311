import { testBrokenClient } from '../suites/broken-client.ts';

testBrokenClient(200);
