export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  // A limit against hanging, not a measure of speed: a busy machine can be ten times slower than a quiet one.
  testTimeout: 360_000,
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.tools'],
  testSequencer: '<rootDir>/scripts/test-order.mjs',
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
};
