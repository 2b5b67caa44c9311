import {
  testMountBelowTheGlob,
  testMountThatHungFromTheStart,
  testPromptStop,
} from '../suites/hung-mount.ts';

testPromptStop();
testMountThatHungFromTheStart();
testMountBelowTheGlob();
