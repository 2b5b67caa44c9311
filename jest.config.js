// Or esbuild, with which src/runtime/start-worker.ts makes the code of a thread, would leave a thread and a process behind for each file.
process.env.ESBUILD_WORKER_THREADS = '0';

export default {
  testEnvironment: 'node',
  // A limit against hanging, not a measure of speed: a busy machine can be ten times slower than a quiet one.
  testTimeout: 360_000,
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.tools'],
  testSequencer: '<rootDir>/scripts/test-order.mjs',
  // To CommonJS, as the build does: jest loads each module again for each file, and modules of this format load faster. So nothing that a
  // test imports has a top-level await, or is an .mjs file.
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
        module: { type: 'commonjs', ignoreDynamic: true }, // some packages, such as execa, can only be imported
        sourceMaps: true, // in a file of its own, which is read only for a stack trace
      },
    ],
  },
};
