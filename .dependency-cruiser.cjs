// Arrows point down only, and each outside package has one folder that knows it (docs/architecture.md).
const belowClient = [
  'kinds',
  'schema',
  'work',
  'backends',
  'replication',
  'locations',
  'repository',
  'restic',
  'facts',
  'report',
  'state',
  'config',
  'files',
  'runtime',
  'log',
];
const layers = [
  ['runtime', []],
  ['repository', []],
  ['log', ['runtime']],
  ['process', ['runtime']],
  ['restic', ['process', 'runtime']],
  ['runit', ['runtime']],
  ['threads', ['runtime']],
  ['files', ['threads', 'runtime']],
  ['locations', ['repository', 'process', 'threads', 'runtime']],
  ['replication', ['locations', 'repository', 'runtime']],
  ['schema', ['runtime']],
  [
    'kinds',
    [
      ...['work', 'backends', 'locations', 'repository', 'restic'],
      ...['schema', 'files', 'runtime', 'log'],
    ],
  ],
  ['config', ['kinds', 'work', 'restic', 'locations', 'schema', 'files', 'runtime']],
  ['facts', ['replication', 'repository', 'runtime']],
  ['state', ['facts', 'repository', 'files', 'runtime']],
  ['report', ['facts', 'replication', 'repository', 'runtime']],
  ['backends', ['facts', 'replication', 'locations', 'repository', 'files', 'runtime']],
  [
    'work',
    [
      ...['backends', 'facts', 'replication', 'locations', 'repository', 'restic', 'process'],
      ...['files', 'runtime', 'log'],
    ],
  ],
  ['client', belowClient],
  ['metrics', ['report', 'runtime']],
  ['http', ['metrics', 'report', 'runtime']],
  ['doctor', ['client', ...belowClient, 'process', 'runit']],
  ['cli', ['doctor', 'client', ...belowClient, 'metrics', 'http', 'process', 'runit']],
];

const owners = {
  'prom-client': 'src/metrics/',
  express: 'src/http/',
  execa: 'src/process/',
  'pino(-pretty)?': 'src/log/',
  commander: 'src/cli/',
  yaml: 'src/config/',
};

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: ['src/main.ts', 'src/healthcheck.ts', 'src/files/worker.ts'] },
      to: {},
    },
    {
      name: 'no-tests-in-the-program',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|scripts|dashboards)/' },
    },
    ...layers.map(([name, below]) => ({
      name: `layer-${name}`,
      severity: 'error',
      from: { path: `^src/${name}/` },
      to: {
        path: '^src/',
        pathNot: [`^src/${name}/`, ...below.map((folder) => `^src/${folder}/`)],
      },
    })),
    ...Object.entries(owners).map(([name, folder]) => ({
      name: `owner-${name.replaceAll(/\W/g, '')}`,
      severity: 'error',
      from: { path: '^src/', pathNot: `^${folder}` },
      to: { path: `node_modules/${name}/` },
    })),
    {
      name: 'owner-zod',
      comment: 'zod: the configuration, and wherever foreign JSON is parsed',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: '^src/(config|kinds|schema|facts|state|backends|client|doctor)/',
      },
      to: { path: 'node_modules/zod/' },
    },
    {
      name: 'child-processes',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/process/' },
      to: { path: '^(node:)?child_process$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
