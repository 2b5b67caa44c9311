import { testMountThatHangs } from '../suites/hung-mount.ts';

testMountThatHangs();
