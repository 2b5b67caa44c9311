import { testWrittenBy } from '../suites/written-by.ts';

testWrittenBy('newest', 'local');
testWrittenBy('debian12', 'local');
testWrittenBy('debian12', 'minio');
testWrittenBy('newest', 'minio');
testWrittenBy('newest', 'rest-server');
