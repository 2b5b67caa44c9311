import { testMountThatHungFromTheStart } from '../suites/hung-mount.ts';

testMountThatHungFromTheStart();
