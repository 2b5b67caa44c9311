import { testMountBelowTheGlob, testMountThatHungFromTheStart } from '../suites/hung-mount.ts';

testMountThatHungFromTheStart();
testMountBelowTheGlob();
