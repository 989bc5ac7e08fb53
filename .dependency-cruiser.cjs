/** One direction of dependencies. Each rule says why, for whoever meets it. */
const room = (name, from, to, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: to },
});
const server = (rooms) => `^packages/server/src/(${rooms})/`;
const runner = (rooms) => `^packages/runner/src/(${rooms})/`;

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Two files that need each other are one file, or need a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    room(
      'model-first',
      server('model'),
      '^packages/server/src/(?!model/)',
      'The model is what everything else is said in: it knows nobody.',
    ),
    room(
      'store-knows-model',
      server('store'),
      '^packages/server/src/(?!model/|store/)',
      'The store holds SQL and no rule.',
    ),
    room(
      'sessions-know-store',
      server('sessions'),
      '^packages/server/src/(?!model/|store/|sessions/)',
      'Rules do not know who calls them: HTTP, runners and time are callers alike.',
    ),
    room(
      'gateway-apart',
      server('gateway'),
      server('http|runners|background|sessions'),
      'The gateway carries model calls and nothing else.',
    ),
    room(
      'http-never-touches-store',
      server('http'),
      server('store|runners|replicas|gateway|background|embedded'),
      'A route parses, calls a rule and maps what comes back. SQL is the store’s, and the rules decide.',
    ),
    room(
      'replicas-only-wake',
      server('replicas'),
      server('http|runners|gateway|background|embedded'),
      'What servers tell each other wakes rules and readers; main joins it to the runners.',
    ),
    room(
      'background-calls-rules',
      server('background'),
      server('http|runners|gateway|embedded'),
      'Time is a caller like any other.',
    ),
    room(
      'embedded-apart',
      server('embedded'),
      '^packages/server/src/(?!embedded/)',
      'The embedded database is a PostgreSQL that somebody started; nothing may depend on its being ours.',
    ),
    room(
      'server-knows-only-the-protocol',
      '^packages/server/',
      '^packages/runner/src/(?!protocol/)',
      'A runner is another process, perhaps on another machine and of another version.',
    ),
    room(
      'runner-knows-no-server',
      '^packages/runner/',
      '^packages/(server|rigger|offline-model)/',
      'A runner knows its server by the protocol it holds itself.',
    ),
    room(
      'protocol-first',
      runner('protocol'),
      '^packages/runner/src/(?!protocol/)',
      'The protocol is what both sides share: it knows nobody.',
    ),
    room(
      'sandbox-apart',
      '^packages/runner/src/sandbox/(?!.*test)',
      '^packages/runner/src/(?!sandbox/|protocol/)',
      'A sandbox runs programs; what they are is not its business.',
    ),
    room(
      'agents-know-sandbox',
      runner('agents'),
      runner('sessions|link'),
      'An agent is told where its history is and whom to tell; it does not know the connection.',
    ),
    room(
      'offline-model-alone',
      '^packages/offline-model/',
      '^packages/(server|runner|rigger)/',
      'The offline model is a model endpoint; it must not know what calls it.',
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.test\\.ts$|/test/|/fixtures/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      conditionNames: ['import', 'node', 'types'],
      exportsFields: ['exports'],
    },
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
